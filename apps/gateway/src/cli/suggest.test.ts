import { describe, expect, it } from 'vitest'
import { suggest } from './suggest.ts'

const KEYS = ['proxy_listen', 'admin_listen', 'prefix', 'plugins', 'pg_host']

describe('suggest()', () => {
  it.each([
    { name: 'proxy_listn', near: 'proxy_listen', why: 'a letter left out' },
    { name: 'proxy_llisten', near: 'proxy_listen', why: 'a letter added' },
    { name: 'prifex', near: 'prefix', why: 'two letters changed' },
    { name: 'porxy_listen', near: 'proxy_listen', why: 'two letters swapped' },
    { name: 'PREFIX', near: 'prefix', why: 'another case' },
    { name: 'plugin', near: 'plugins', why: 'the singular' },
  ])('answers $near for $name ($why)', ({ name, near }) => {
    expect(suggest(name, KEYS)).toBe(near)
  })

  it.each([
    { name: 'zookeeper', why: 'nothing is near' },
    { name: '', why: 'there is no name' },
    { name: 'p'.repeat(10_000), why: 'the name is too long to compare' },
    { name: '__proto__', why: 'names of JavaScript are names like others' },
  ])('answers nothing for $name when $why', ({ name }) => {
    expect(suggest(name, KEYS)).toBeUndefined()
  })

  it.each([
    { edits: 1, near: undefined },
    { edits: 2, near: 'prefix' },
  ])('takes candidates up to $edits edits away when told so', ({ edits, near }) => {
    expect(suggest('prifex', KEYS, edits)).toBe(near)
  })

  it('takes the first of equally near candidates', () => {
    expect(suggest('cart', ['card', 'cars'])).toBe('card')
  })
})
