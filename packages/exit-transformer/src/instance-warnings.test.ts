import { describe, expect, it } from 'vitest'
import { exitTransformerWarnings } from './instance-warnings.ts'

const global = { name: 'exit-transformer', route: null, service: null, consumer: null }
const on = { handle_unknown: true }

describe('exitTransformerWarnings()', () => {
  it.each([
    { entity: 'plugins', row: { ...global, config: on } },
    {
      entity: 'plugins',
      row: { ...global, route: { id: '1' }, config: { handle_unknown: false } },
    },
    { entity: 'plugins', row: { ...global, name: 'key-auth', route: { id: '1' }, config: on } },
    { entity: 'routes', row: { ...global, route: { id: '1' }, config: on } },
    { entity: 'plugins', row: { name: 'exit-transformer' } },
  ])('says nothing of $row in $entity', ({ entity, row }) => {
    expect(exitTransformerWarnings(entity, row)).toEqual([])
  })

  it.each([
    { bound: { route: { id: '1' } }, told: 'with a route:' },
    {
      bound: { service: { id: '1' }, consumer: { id: '2' } },
      told: 'with a service and a consumer:',
    },
  ])('tells that handle_unknown is in vain $told', ({ bound, told }) => {
    expect(exitTransformerWarnings('plugins', { ...global, ...bound, config: on })).toEqual([
      expect.stringContaining(told),
    ])
  })
})
