import { describe, expect, it } from 'vitest'
import { testContext } from '../../test/test-context.ts'
import type { VaultPdk } from './vault-pdk.ts'

const ENVIRONMENT = new Map([
  ['PLAIN', 'secret'],
  ['APP_MY_SECRET', 'prefixed'],
  ['A/B', 'nested'],
  ['FIELDS', '{"user":"bob","age":5}'],
  ['EMPTY', ''],
])

const vault = (): VaultPdk =>
  testContext({ node: { env: (name) => ENVIRONMENT.get(name) } }).ctx.kong.vault

describe('kong.vault', () => {
  it.each([
    ['{vault://env/a}', true],
    ['{vault://', false],
    ['vault://env/a', false],
    [' {vault://env/a}', false],
    ['', false],
    [5, false],
    [undefined, false],
  ])('calls %j a reference: %j', (reference, is) => {
    expect(vault().isReference(reference)).toBe(is)
  })

  it.each([
    ['{vault://env/a}', { name: 'env', resource: 'a' }],
    ['{vault://env/a/b}', { name: 'env', resource: 'a', key: 'b' }],
    ['{vault://env/a/b/c}', { name: 'env', resource: 'a/b', key: 'c' }],
    ['{vault://env/a%2Fb/}', { name: 'env', resource: 'a/b' }],
    [
      '{vault://env/a?prefix=X_&b=1#7}',
      { resource: 'a', config: { prefix: 'X_', b: '1' }, version: 7 },
    ],
    ['{vault://env/%zz}', { resource: '%zz' }],
  ])('takes %s apart', (reference, parts) => {
    expect(vault().parseReference(reference)).toMatchObject(parts)
  })

  it.each([
    ['x', 'not a reference [x]'],
    [5, 'not a reference [number]'],
    ['{vault:///a}', 'reference url is missing host'],
    ['{vault://env}', 'reference url is missing path'],
    ['{vault://env/}', 'reference url has empty path'],
    ['{vault://env//a}', 'reference url has invalid path'],
    ['{vault://env/a#x}', 'reference url has invalid version'],
    ['{vault://env/a#}', 'reference url has invalid version'],
  ])('refuses %j', (reference, message) => {
    expect(() => vault().parseReference(reference as string)).toThrow(message)
  })

  it.each([
    ['{vault://env/plain}', 'secret'],
    ['{vault://env/my-secret?prefix=app_}', 'prefixed'],
    ['{vault://env/a%2Fb}', 'nested'],
    ['{vault://env/fields/user}', 'bob'],
    ['{vault://env/empty}', ''],
  ])('resolves %s', (reference, secret) => {
    expect(vault().get(reference)).toBe(secret)
  })

  it.each([
    ['{vault://aws/a}', 'could not find vault (aws)'],
    ['{vault://env/absent}', 'unable to load value from vault (env) [{vault://env/absent}]'],
    ['{vault://env/plain/key}', 'unable to json decode value received from vault (env)'],
    ['{vault://env/fields/absent}', 'subfield absent not found'],
    ['{vault://env/fields/age}', 'subfield age not found'],
    ['{vault://env/fields/constructor}', 'subfield constructor not found'],
  ])('has nothing for %s, and tells no secret', (reference, message) => {
    expect(() => vault().get(reference)).toThrow(message)
    expect(() => vault().get(reference)).not.toThrow(/bob|^secret/)
  })

  it('is closed where the host opens no environment', () => {
    expect(() => testContext().ctx.kong.vault.get('{vault://env/PATH}')).toThrow(
      'the environment is not open to plugins',
    )
  })

  it('fills in the references of a configuration', () => {
    const $refs = { password: '{vault://env/plain}', other: '{vault://env/absent}' }
    const options = vault().update({ name: 'x', password: 'old', $refs })
    expect(options).toMatchObject({ name: 'x', password: 'secret', other: '' })
    expect(() => vault().update('x' as never)).toThrow('options must be a table')
  })

  it('tries again with fresh secrets', () => {
    const options = { password: 'old', $refs: { password: '{vault://env/plain}' } }
    const seen: unknown[] = []
    const logIn = ({ password }: Readonly<Record<string, unknown>>): string => {
      seen.push(password)
      if (password === 'old') throw new Error('refused')
      return 'in'
    }
    expect([vault().try(logIn, options), seen]).toEqual(['in', ['old', 'secret']])
    expect(() => vault().try(logIn, { password: 'old' })).toThrow('refused')
    expect(() => vault().try(5 as never, {})).toThrow('callback must be a function')
    expect(vault().flush()).toBeUndefined()
  })
})
