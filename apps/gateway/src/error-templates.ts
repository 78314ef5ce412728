import { readFileSync } from 'node:fs'
import { compileTemplate, DEFAULT_TEMPLATES, type ErrorTemplates } from '@postern/pdk-response'
import type { GatewayConfig } from './config/gateway-config.ts'
import { gatewayErrors } from './errors.ts'

/** The settings that name a file, by the type of its answers. */
const SETTINGS = {
  html: 'error_template_html',
  json: 'error_template_json',
  xml: 'error_template_xml',
  plain: 'error_template_plain',
} as const

type TemplateType = keyof typeof SETTINGS

/**
 * The templates of error answers: Kong's, but for those that the operator has written.
 *
 * @throws POSTERN_GATEWAY_TEMPLATE_UNUSABLE
 */
export function readErrorTemplates(config: GatewayConfig): ErrorTemplates {
  const own = Object.entries(SETTINGS).map(([type, setting]) => {
    const file = config[setting]
    const text = file === null ? undefined : readTemplate(setting, file)
    return [type, text === undefined ? undefined : compileTemplate(type as TemplateType, text)]
  })
  return {
    ...DEFAULT_TEMPLATES,
    ...Object.fromEntries(own.filter(([, made]) => made !== undefined)),
  }
}

/** Far beyond a page, so that a wrong path is told as such. */
const MAX_TEMPLATE_BYTES = 1024 * 1024

function readTemplate(setting: string, file: string): string {
  try {
    const bytes = readFileSync(file)
    if (bytes.length > MAX_TEMPLATE_BYTES) throw new Error('it is larger than 1 MiB')
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (error) {
    throw gatewayErrors.TEMPLATE_UNUSABLE(setting, file, (error as Error).message).causedBy(error)
  }
}
