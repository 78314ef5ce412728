import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { DEFAULT_TEMPLATES } from '@postern/pdk-response'
import { loadConfig } from './config/load-config.ts'
import { readErrorTemplates } from './error-templates.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'postern-templates-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function configWith(setting: string, contents: string | Uint8Array | undefined) {
  const file = path.join(folder, setting)
  if (contents === undefined) rmSync(file, { force: true })
  else writeFileSync(file, contents)
  return loadConfig({ env: {}, overrides: { [setting]: file } }).config
}

describe('readErrorTemplates()', () => {
  it('answers those of Kong unless files are named', () => {
    const { config } = loadConfig({ env: {}, overrides: {} })
    expect(readErrorTemplates(config)).toEqual(DEFAULT_TEMPLATES)
  })

  it.each([
    ['error_template_html', 'html', '<p>a &amp; b 7</p>', '<p>%s %s</p>'],
    ['error_template_json', 'json', '{"m":"a & b","id":"7"}', '{"m":"%s","id":"%s"}'],
    ['error_template_xml', 'xml', '<m>a &amp; b</m>', '<m>%s</m>'],
    ['error_template_plain', 'plain', '100% a & b', '100%% %s'],
  ] as const)('reads %s', (setting, type, answer, template) => {
    const templates = readErrorTemplates(configWith(setting, template))
    expect(templates[type]('a & b', '7')).toBe(answer)
    const others = { ...templates, [type]: DEFAULT_TEMPLATES[type] }
    expect(others).toEqual(DEFAULT_TEMPLATES)
  })

  it.each([
    ['is not there', undefined, 'ENOENT'],
    ['is no text', Uint8Array.of(0xff, 0xfe, 0x00), 'not valid'],
    ['is larger than a mebibyte', ' '.repeat(1024 * 1024 + 1), 'larger than 1 MiB'],
  ])('refuses a file that %s', (_, contents, reason) => {
    const config = configWith('error_template_json', contents)
    expect(() => readErrorTemplates(config)).toThrow('error_template_json: ')
    expect(() => readErrorTemplates(config)).toThrow(reason)
  })

  it('takes a file of exactly a mebibyte', () => {
    const config = configWith('error_template_plain', 'x'.repeat(1024 * 1024))
    expect(readErrorTemplates(config).plain('m', '1')).toHaveLength(1024 * 1024)
  })
})
