import type { EntitySchema } from '@postern/schema'

/** Small entities with every kind of constraint: what the suite needs and nothing of a gateway. */
export const teaEntities: readonly EntitySchema[] = [
  {
    name: 'houses',
    primary_key: ['id'],
    endpoint_key: 'name',
    fields: {
      id: { type: 'string', uuid: true },
      name: { type: 'string', unique: true },
      code: { type: 'integer', unique: true },
      tags: { type: 'set', elements: { type: 'string' } },
    },
  },
  {
    name: 'pots',
    primary_key: ['id'],
    fields: {
      id: { type: 'string', uuid: true },
      name: { type: 'string' },
      house: { type: 'foreign', reference: 'houses' },
      tags: { type: 'set', elements: { type: 'string' } },
    },
  },
  {
    name: 'labels',
    primary_key: ['id'],
    cache_key: ['name', 'house', 'pot'],
    fields: {
      id: { type: 'string', uuid: true },
      name: { type: 'string' },
      house: { type: 'foreign', reference: 'houses', on_delete: 'cascade' },
      pot: { type: 'foreign', reference: 'pots', on_delete: 'cascade' },
    },
  },
  {
    name: 'guests',
    primary_key: ['id'],
    fields: {
      id: { type: 'string', uuid: true },
      favourite: { type: 'foreign', reference: 'pots', on_delete: 'null' },
    },
  },
  {
    name: 'passes',
    primary_key: ['id'],
    cache_key: ['key'],
    ttl: true,
    fields: {
      id: { type: 'string', uuid: true },
      key: { type: 'string', unique: true },
      guest: { type: 'foreign', reference: 'guests', on_delete: 'cascade' },
    },
  },
]

/** A UUID that ends in a number, so that the order of ids is that of the numbers. */
export function idOf(number: number): string {
  return `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`
}
