/** A plugin's schema, as far as it is shown. */
export interface ShownSchema {
  readonly fields: Readonly<Record<string, unknown>>
}

/** A field of it. Kong's attribute names. */
interface ShownField {
  readonly type?: string
  readonly required?: boolean
  readonly default?: unknown
  readonly description?: string
  readonly one_of?: readonly unknown[]
  readonly between?: readonly [least: number, greatest: number]
  readonly gt?: number
  readonly len_min?: number
  readonly len_max?: number
  readonly elements?: ShownField
  readonly keys?: ShownField
  readonly values?: ShownField
  readonly fields?: Readonly<Record<string, ShownField>>
}

/**
 * Writes a plugin's configuration as a Markdown table, for its README: name, type, default and
 * meaning of each field. Fields of records stand below them with their whole path.
 */
export function configurationTable(schema: ShownSchema): string {
  const config = schema.fields.config as ShownField | undefined
  const rows = rowsOf(config?.fields ?? {}, '')
  if (rows.length === 0) return 'There is nothing to configure.'
  return [HEAD, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

type Row = readonly [field: string, type: string, defaultValue: string, meaning: string]

const HEAD = ['field', 'type', 'default', 'meaning |\n| --- | --- | --- | ---']

function rowsOf(fields: Readonly<Record<string, ShownField>>, path: string): readonly Row[] {
  return Object.entries(fields).flatMap(([name, field]) => [
    [code(path + name), typeOf(field), defaultOf(field), meaningOf(field)] as const,
    ...rowsOf(field.fields ?? {}, `${path}${name}.`),
  ])
}

function typeOf({ type = 'any', elements, values }: ShownField): string {
  if (elements !== undefined) return `${type} of ${typeOf(elements)}`
  return values === undefined ? type : `${type} to ${typeOf(values)}`
}

function defaultOf(field: ShownField): string {
  if (field.default !== undefined) return code(JSON.stringify(field.default))
  return field.required === true && field.type !== 'record' ? '(required)' : ''
}

function meaningOf(field: ShownField): string {
  const limits = limitsOf(field)
  const told = field.description === undefined ? [] : [field.description]
  return escaped([...told, ...(limits === '' ? [] : [`${capitalized(limits)}.`])].join(' '))
}

function limitsOf({ one_of, between, gt, len_min, len_max, elements }: ShownField): string {
  return [
    one_of && `one of ${one_of.map((value) => code(JSON.stringify(value))).join(', ')}`,
    between && `${between[0]} to ${between[1]}`,
    gt === undefined ? undefined : `greater than ${gt}`,
    len_min === undefined ? undefined : `length at least ${len_min}`,
    len_max === undefined ? undefined : `length at most ${len_max}`,
    elements && limitsOf(elements) !== '' ? `each: ${limitsOf(elements)}` : undefined,
  ]
    .filter((limit) => limit !== undefined)
    .join('; ')
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

function code(text: string): string {
  return `\`${escaped(text)}\``
}

/** A bar or a line feed would end the cell. What is escaped already stays. */
function escaped(text: string): string {
  return text.replaceAll(/(?<!\\)\|/g, '\\|').replaceAll(/\s*\n\s*/g, ' ')
}
