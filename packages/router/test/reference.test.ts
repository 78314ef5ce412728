import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRouter, type RouteFields } from '../src/index.ts'
import { referenceMatch } from './reference-router.ts'
import { requestOf } from './request.ts'

// Few names, so that Routes overlap in most configurations.
const HOSTS = [
  'a.test',
  'b.a.test',
  '*.test',
  '*.a.test',
  'a.*',
  'b.*',
  'b.a.*',
  'a.test:80',
  '*.test:81',
  'a.*:81',
]
const PATHS = [
  '/',
  '/a',
  '/a/',
  '/ab',
  '/abc',
  '/a/b',
  '/a/b/c',
  '/b',
  '/é',
  '~/a$',
  '~/a/[ab]+',
  '~/(a|b)',
  '~/ab?c',
  '~/[ab]/',
  '~/a+',
  '~/.*c',
  '~/a|/b',
  '~/é?',
]
const REQUESTED_HOSTS = [
  'a.test',
  'A.TEST',
  'b.a.test',
  'b.a.test:81',
  'a.test:81',
  'a.test.',
  'c.test',
  'b.',
  'x',
  undefined,
]
const REQUESTED_PATHS = [
  '/',
  '/a',
  '/a/',
  '/ab',
  '/abc',
  '/a/b',
  '/a/b/c',
  '/b/c',
  '/c',
  '/aac',
  '/é/c',
  '/éc',
]

function some(values: readonly string[], max: number): fc.Arbitrary<string[] | null> {
  return fc.option(fc.subarray([...values], { minLength: 1, maxLength: max }), { freq: 2 })
}

const route = fc.record({
  hosts: some(HOSTS, 3),
  paths: some(PATHS, 4),
  methods: some(['GET', 'POST'], 2),
  snis: some(['a.test', 'b.test'], 2),
  headers: fc.option(
    fc.oneof(
      fc.constant({ x: ['1'] }),
      fc.constant({ x: ['2', '1'] }),
      fc.constant({ x: ['1'], y: ['A'] }),
    ),
    { freq: 1 },
  ),
  protocols: fc.constantFrom(['http', 'https'], ['https'], ['http']),
  regex_priority: fc.constantFrom(0, 0, 1, 5, 1023),
})

const request = fc.record({
  method: fc.constantFrom('GET', 'POST', 'PUT'),
  host: fc.constantFrom(...REQUESTED_HOSTS),
  path: fc.constantFrom(...REQUESTED_PATHS),
  scheme: fc.constantFrom<'http' | 'https'>('http', 'https'),
  sni: fc.constantFrom('a.test', 'b.test', undefined),
  headers: fc.constantFrom<Record<string, string | string[]>>(
    {},
    { x: '1' },
    { x: ['3', '2'], y: 'a' },
  ),
})

describe.each(['strict', 'original'] as const)('a router, %s', (matchCalculation) => {
  it.each([
    { size: 6, runs: 400 },
    { size: 60, runs: 60 },
    { size: 400, runs: 8 },
  ])('agrees with the reference on up to $size Routes', ({ size, runs }) => {
    const routes = fc.array(route, { minLength: Math.ceil(size / 2), maxLength: size, size: 'max' })
    const requests = fc.array(request, { minLength: 20, maxLength: 20 })
    fc.assert(
      fc.property(routes, requests, (made, asked) => {
        const all: RouteFields[] = made.map((each, i) => ({ ...each, id: idOf(i) }))
        const router = createRouter(
          all.map((each) => ({ route: each, service: undefined })),
          { matchCalculation },
        )
        for (const about of asked) {
          const match = router.match(requestOf(about))
          const found =
            match === undefined ? undefined : { id: match.route.id, prefix: match.prefix }
          expect(found).toEqual(referenceMatch(all, requestOf(about), matchCalculation))
        }
      }),
      { numRuns: runs },
    )
  })
})

/** Ids in another order than the Routes, as UUIDs are. */
function idOf(index: number): string {
  return String((index * 7919) % 10_007).padStart(5, '0')
}
