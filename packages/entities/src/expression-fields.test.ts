import { checkEntity } from '@postern/schema'
import { describe, expect, it } from 'vitest'
import { createRoutes } from './routes.ts'

const schema = createRoutes({
  flavor: 'expressions',
  checkExpression: (expression, protocols) =>
    expression === 'fine' ? undefined : `no ${protocols.join('/')} expression`,
})

describe('createRoutes() for expressions', () => {
  it.each([
    [
      { expression: 'fine', priority: 7 },
      { expression: 'fine', priority: 7, paths: null },
    ],
    [{ expression: 'fine' }, { priority: 0 }],
    [{ paths: ['/a'] }, { expression: null, priority: 0 }],
    [{ paths: ['/a'], sources: [{ port: 80 }] }, { sources: [{ ip: null, port: 80 }] }],
    [{ expression: 'fine', paths: [] }, { paths: [] }],
  ])('takes %j as %j', (input, part) => {
    expect(checkEntity(schema, input, { operation: 'insert' })).toMatchObject({
      ok: true,
      value: part,
    })
  })

  it.each([
    [{ expression: 'bad', protocols: ['http'] }, 'no http expression'],
    [
      { expression: 'fine', paths: ['/a'] },
      "cannot set 'expression' with 'methods', 'hosts', 'paths', 'headers', 'snis', 'sources' or " +
        "'destinations' simultaneously",
    ],
    [
      { expression: 'fine', regex_priority: 1 },
      "cannot set 'regex_priority' with 'expression' simultaneously",
    ],
    [
      { priority: 1, paths: ['/a'] },
      "cannot set 'priority' with 'methods', 'hosts', 'paths', 'headers', 'snis', 'sources' or " +
        "'destinations' simultaneously",
    ],
  ])('refuses %j: %s', (input, text) => {
    expect(checkEntity(schema, input, { operation: 'insert' })).toEqual({
      ok: false,
      violations: { '@entity': [`Router Expression failed validation: ${text}`] },
    })
  })

  it('takes any expression when nothing checks it', () => {
    const unchecked = createRoutes({ flavor: 'expressions' })
    expect(checkEntity(unchecked, { expression: 'bad' }, { operation: 'insert' }).ok).toBe(true)
  })
})
