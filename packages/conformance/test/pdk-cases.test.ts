import { describe, expect, it } from 'vitest'
import { readPdkCases } from './pdk-case.ts'
import { differences } from './pdk-check.ts'
import { runPdkCase } from './pdk-run-case.ts'

/** What Kong does by accident of nginx or Lua, and why it is otherwise here. */
const DIFFERENT: ReadonlyMap<string, string> = new Map([
  ['exit-nil-body-403-server-page', 'an exit without a body has none, whatever its status'],
  ['exit-444-closes', 'every status is sent'],
  ['exit-499-closes', 'every status is sent'],
  ['error-message-not-escaped-json', 'messages are escaped'],
  ['error-message-not-escaped-html', 'messages are escaped'],
  ['error-message-table-json-broken', 'messages are escaped'],
  ['error-grpc-custom-message-lost', 'the message travels in grpc-message'],
])

const cases = readPdkCases('pdk')

describe('kong.response in a plugin, as recorded from Kong', () => {
  it.each(cases.filter(({ id }) => !DIFFERENT.has(id)))('$id', async (test) => {
    expect(differences(test.expect, await runPdkCase(test))).toEqual([])
  })

  it('holds 149 of 156', () => {
    expect(cases).toHaveLength(156)
    expect(DIFFERENT.size).toBe(7)
  })

  it.each(cases.filter(({ id }) => DIFFERENT.has(id)))('still differs: $id', async (test) => {
    expect(test.quirk).toBe(true)
    expect(differences(test.expect, await runPdkCase(test))).not.toEqual([])
  })
})
