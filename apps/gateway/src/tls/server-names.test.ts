import type { Certificate } from '@postern/entities'
import { describe, expect, it } from 'vitest'
import { compileServerNames } from './server-names.ts'

const NAMES = {
  exact: 'api.example.com',
  prefix: '*.example.com',
  suffix: 'api.example.*',
  default: '*',
} as const

function names(...wanted: readonly (keyof typeof NAMES)[]) {
  const certificates = wanted.map((id) => ({ id }) as unknown as Certificate)
  const entries = wanted.map((id) => ({ name: NAMES[id], certificate: { id } }))
  return compileServerNames(certificates, entries)
}

describe('compileServerNames()', () => {
  it.each([
    { serverName: 'api.example.com', id: 'exact' },
    { serverName: 'API.Example.COM', id: 'exact' },
    { serverName: 'api.example.com.', id: 'exact' },
    { serverName: 'www.example.com', id: 'prefix' },
    { serverName: 'api.example.org', id: 'suffix' },
    // An asterisk is one label.
    { serverName: 'a.b.example.com', id: 'default' },
    { serverName: 'example.com', id: 'default' },
    { serverName: 'localhost', id: 'default' },
    { serverName: '__proto__', id: 'default' },
    { serverName: undefined, id: 'default' },
    { serverName: '', id: 'default' },
  ])('finds the $id one for $serverName', ({ serverName, id }) => {
    expect(names('default', 'suffix', 'prefix', 'exact').find(serverName)?.id).toBe(id)
  })

  it.each([
    { without: 'exact', id: 'prefix' },
    { without: 'prefix', id: 'suffix' },
    { without: 'suffix', id: 'default' },
    { without: 'default', id: undefined },
  ])('goes on to $id where there is none $without', ({ without, id }) => {
    const all = ['exact', 'prefix', 'suffix', 'default'] as const
    const left = all.slice(all.indexOf(without as 'exact') + 1)
    expect(names(...left).find('api.example.com')?.id).toBe(id)
  })

  it('leaves a name out whose certificate is not there', () => {
    const entries = [{ name: 'a.test', certificate: { id: 'gone' } }]
    expect(compileServerNames([], entries).find('a.test')).toBeUndefined()
  })
})
