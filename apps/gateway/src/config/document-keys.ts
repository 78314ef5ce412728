import { CONFIG_KEYS, type ConfigKey } from './config-keys.ts'

/** The keys of postern.conf as rows of a Markdown table: the part of docs/configuration.md that is data. */
export function documentKeys(): string {
  return Object.entries<ConfigKey>(CONFIG_KEYS)
    .map(
      ([name, key]) =>
        `| ${[nameOf(name, key), valuesOf(key), defaultOf(key), descriptionOf(key)].join(' | ')} |`,
    )
    .join('\n')
}

function nameOf(name: string, { aliases = [] }: ConfigKey): string {
  const others = aliases.map((alias) => `, \`${alias}\``).join('')
  return `\`${name}\`${others}`
}

function valuesOf(key: ConfigKey): string {
  switch (key.type) {
    case 'boolean':
      return 'on, off'
    case 'enum':
      return key.values.join(', ')
    case 'integer':
    case 'number':
      return `${key.min} to ${key.max}${'auto' in key && key.auto ? ', auto' : ''}`
    case 'duration':
      return 'time'
    case 'listen':
      return 'addresses to listen on'
    case 'size':
      return 'bytes'
    case 'path':
      return 'path'
    case 'string':
      return 'text'
    case 'list':
    case 'addresses':
    case 'header tokens':
      return 'list'
  }
}

function defaultOf(key: ConfigKey): string {
  return key.default === null ? '–' : `\`${key.default}\``
}

function descriptionOf({ description, notYet }: ConfigKey): string {
  return notYet === undefined ? description : `${description} (**no effect yet**)`
}
