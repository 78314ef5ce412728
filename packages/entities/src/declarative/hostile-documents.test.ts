import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { coreEntities } from '../core-entities.ts'
import { faultTree } from './fault-tree.ts'
import { parseDeclarative } from './parse-declarative.ts'

const names = fc.constantFrom(
  'services',
  'routes',
  'plugins',
  'consumers',
  'upstreams',
  'targets',
  'certificates',
  'snis',
  'keys',
  'id',
  'name',
  'service',
  'route',
  'paths',
  'target',
  'config',
  '_comment',
  '_ignore',
  '__proto__',
  'constructor',
)

/** Documents that look like configurations at a glance, with anything in any place. */
const documents = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom('s1', '', '/a', '@', null, 0, -1, 1.5, true, 'a:80', '{vault://env/a}'),
    fc.string(),
    fc.array(tie('value'), { maxLength: 3 }),
    tie('record'),
  ),
  record: fc.dictionary(names, tie('value'), { maxKeys: 5 }),
})).record

describe('parseDeclarative()', () => {
  it('answers entities or faults, whatever the document is, and never throws', () => {
    fc.assert(
      fc.property(fc.oneof(documents, fc.jsonValue()), (given) => {
        const document: unknown =
          typeof given === 'object' && given !== null && !Array.isArray(given)
            ? { ...given, _format_version: '3.0' }
            : given
        const parsed = parseDeclarative(document, { entities: coreEntities })
        if (parsed.ok) {
          const ids = parsed.rows.map(({ entity, row }) => `${entity} ${row.id}`)
          expect(new Set(ids).size).toBe(ids.length)
          return
        }
        expect(parsed.faults.length).toBeGreaterThan(0)
        expect(() => JSON.stringify(faultTree(parsed.faults))).not.toThrow()
        expect(Object.keys(Object.prototype)).toEqual([])
      }),
      { numRuns: 2000 },
    )
  })
})
