import { describe, expect, it } from 'vitest'
import { coreEntities } from '../core-entities.ts'
import { faultTree } from './fault-tree.ts'
import { type DeclarativeOptions, parseDeclarative } from './parse-declarative.ts'

const SCHEMAS = new Map([
  ['tea', { fields: { config: { type: 'record', fields: { hot: { type: 'boolean' } } } } }],
  [
    'safe',
    {
      fields: {
        config: { type: 'record', fields: { code: { type: 'integer', encrypted: true } } },
      },
    },
  ],
] as const)

const parse = (document: unknown, options: Partial<DeclarativeOptions> = {}) =>
  parseDeclarative(document, {
    entities: coreEntities,
    subschema: (name) => SCHEMAS.get(name as 'tea'),
    ...options,
  })

/** A document of the format 3.0, its entities in the order in which they stand. */
function rows(
  document: object,
  options: Partial<DeclarativeOptions> = {},
): Record<string, unknown>[] {
  const parsed = parse({ _format_version: '3.0', ...document }, options)
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults))
  return parsed.rows.map(({ entity, row }) => ({ entity, ...row }))
}

/** `place: message` of everything that is wrong. */
function faults(document: unknown, options: Partial<DeclarativeOptions> = {}) {
  const parsed = parse(document, options)
  return parsed.ok ? [] : parsed.faults.map(({ keys, message }) => `${keys.join('.')}: ${message}`)
}
const faultsIn = (document: object) => faults({ _format_version: '3.0', ...document })

const UUID = '11111111-1111-4111-8111-111111111111'
const service = { name: 's1', url: 'http://a.test' }

interface Row {
  readonly given: object
  readonly told: readonly string[]
}

describe('parseDeclarative(): the top of a document', () => {
  it.each([
    { document: null, told: [': expected an object'] },
    { document: 'text', told: [': expected an object'] },
    { document: 7, told: [': expected an object'] },
    { document: [], told: [': expected an object'] },
    { document: {}, told: ['_format_version: required field missing'] },
    { document: { _format_version: null }, told: ['_format_version: required field missing'] },
    { document: { _format_version: 3 }, told: ['_format_version: expected a string'] },
    {
      document: { _format_version: '3' },
      told: ['_format_version: expected one of: 1.1, 2.1, 3.0'],
    },
    {
      document: { _format_version: '3.1' },
      told: ['_format_version: expected one of: 1.1, 2.1, 3.0'],
    },
    { document: { _format_version: '1.1' }, told: [] },
    { document: { _format_version: '2.1' }, told: [] },
    { document: { _format_version: '3.0' }, told: [] },
  ])('says of $document: $told', ({ document, told }) => {
    expect(faults(document)).toEqual(told)
  })

  it.each<Row>([
    { given: { _transform: 'yes' }, told: ['_transform: expected a boolean'] },
    { given: { _transform: true }, told: [] },
    { given: { _comment: 5 }, told: ['_comment: expected a string'] },
    { given: { _comment: 'x' }, told: [] },
    { given: { _ignore: 'x' }, told: ['_ignore: expected an array'] },
    { given: { _ignore: [1, { a: 2 }] }, told: [] },
    { given: { _info: { select_tags: ['a'] } }, told: [] },
    { given: { _workspace: 'default' }, told: ['_workspace: unknown field'] },
    { given: { consumer_groups: [] }, told: ['consumer_groups: unknown field'] },
    { given: { constructor: [] }, told: ['constructor: unknown field'] },
    { given: { services: { a: 1 } }, told: ['services: expected an array'] },
    { given: { services: 'x' }, told: ['services: expected an array'] },
    { given: { services: {} }, told: [] },
    { given: { services: null }, told: [] },
    { given: { services: [null] }, told: ['services.0: expected a record'] },
    { given: { services: [service, 'x'] }, told: ['services.1: expected a record'] },
    { given: { services: [[service]] }, told: ['services.0: expected a record'] },
  ])('says of $given: $told', ({ given, told }) => {
    expect(faultsIn(given)).toEqual(told)
  })

  it('keeps comments of entities out of them', () => {
    const [row] = rows({ services: [{ ...service, _comment: 'x', _ignore: [1] }] })
    expect(row).not.toHaveProperty('_comment')
    expect(faultsIn({ services: [{ ...service, _comment: 1 }] })).toEqual([
      'services.0._comment: expected a string',
    ])
  })
})

describe('parseDeclarative(): nesting', () => {
  it('takes children out of their parents', () => {
    const document = {
      services: [
        {
          ...service,
          plugins: [{ name: 'tea' }],
          routes: [{ name: 'r1', paths: ['/p'], plugins: [{ name: 'tea' }] }],
        },
      ],
      consumers: [{ username: 'bob', plugins: [{ name: 'tea' }] }],
      upstreams: [{ name: 'u.test', targets: [{ target: '10.0.0.1' }] }],
    }
    const found = rows(document)
    const idOf = (entity: string) => found.find((row) => row.entity === entity)?.id
    expect(
      found.map(({ entity, route, service: of, consumer, upstream }) => [
        entity,
        { route, service: of, consumer, upstream },
      ]),
    ).toMatchObject([
      ['services', {}],
      ['plugins', { service: { id: idOf('services') }, route: null }],
      ['routes', { service: { id: idOf('services') } }],
      ['plugins', { route: { id: idOf('routes') }, service: null }],
      ['consumers', {}],
      ['plugins', { consumer: { id: idOf('consumers') } }],
      ['upstreams', {}],
      ['targets', { upstream: { id: idOf('upstreams') } }],
    ])
  })

  it('tells the whole place of what is wrong deep inside', () => {
    const routes = [{ paths: ['/a'] }, { paths: ['/b'], plugins: [{ name: 'nope' }] }]
    expect(faultsIn({ services: [{ ...service, routes }] })).toEqual([
      "services.0.routes.1.plugins.0.name: plugin 'nope' not enabled; add it to the 'plugins' configuration property",
    ])
  })

  it('does not take a list for children where nothing points back', () => {
    expect(faultsIn({ consumers: [{ username: 'bob', routes: [] }] })).toEqual([
      'consumers.0.routes: unknown field',
    ])
  })
})

describe('parseDeclarative(): ids', () => {
  // Recorded from Kong 3.9.3.
  it.each([
    [{ services: [service] }, 'services', '356ebaf8-b7af-5cba-99a1-f392e34730ab'],
    [{ routes: [{ name: 'r1', paths: ['/a'] }] }, 'routes', '4726a05a-d550-537e-9fc3-a07c7a1188c7'],
    [{ consumers: [{ username: 'bob' }] }, 'consumers', 'def4f7d3-9863-5ad2-8fa9-c949bf26f55e'],
    [{ upstreams: [{ name: 'u.test' }] }, 'upstreams', '05cc4de8-c036-5a51-b680-af84346fbeaa'],
    [
      { upstreams: [{ name: 'u.test', targets: [{ target: '10.0.0.1' }] }] },
      'targets',
      '466c90e0-3eee-5628-95b9-d5fb7ea3c9cf',
    ],
  ])('are those of Kong: %j, %s %s', (document, entity, id) => {
    expect(rows(document).find((row) => row.entity === entity)?.id).toBe(id)
  })

  it('keeps the ids that are given, in lower case', () => {
    const id = 'ABCDEF00-1111-4111-8111-111111111111'
    expect(rows({ services: [{ ...service, id }] })[0]?.id).toBe(id.toLowerCase())
    expect(faultsIn({ services: [{ ...service, id: 'x' }] })).toEqual([
      'services.0.id: expected a valid UUID',
    ])
  })

  it('gives a plugin another id for each place', () => {
    const plugins = [{ name: 'tea' }, { name: 'tea', service: 's1' }, { name: 'tea', route: 'r1' }]
    const routes = [{ name: 'r1', paths: ['/a'] }]
    const found = rows({ services: [service], routes, plugins }).filter(
      ({ entity }) => entity === 'plugins',
    )
    expect(new Set(found.map(({ id }) => id)).size).toBe(3)
  })

  it('keeps the ids of entities without a name, while they and the salt stay', () => {
    const document = { routes: [{ paths: ['/a'] }, { paths: ['/a'] }, { paths: ['/b'] }] }
    const idsWith = (salt: string, routes = document) => rows(routes, { salt }).map(({ id }) => id)
    expect(new Set(idsWith('one')).size).toBe(3)
    expect(idsWith('one')).toEqual(idsWith('one'))
    expect(idsWith('one')[2]).toBe(idsWith('one', { routes: [{ paths: ['/b'] }] })[0])
    expect(idsWith('one')).not.toEqual(idsWith('two'))
  })
})

describe('parseDeclarative(): references', () => {
  const identified = { id: UUID, ...service }
  it.each([
    { by: 's1', services: [service] },
    { by: UUID, services: [identified] },
    { by: { id: UUID }, services: [identified] },
    { by: { id: UUID.toUpperCase() }, services: [identified] },
    { by: '356ebaf8-b7af-5cba-99a1-f392e34730ab', services: [service] },
  ])('finds a Service by $by, also below the Route', ({ by, services }) => {
    const found = rows({ routes: [{ name: 'r', paths: ['/'], service: by }], services })
    expect(found[0]?.service).toEqual({ id: found[1]?.id })
  })

  it.each([
    ['nope', "routes.0.service: invalid reference 'service: nope' (no such entry in 'services')"],
    [
      { id: UUID },
      `routes.0.service: invalid reference 'service: ${UUID}' (no such entry in 'services')`,
    ],
    // As Kong: an object has an id.
    [{ name: 's1' }, 'routes.0.service.id: missing primary key'],
    [{ id: 's1' }, 'routes.0.service.id: expected a valid UUID'],
    [7, 'routes.0.service.id: missing primary key'],
    [['s1'], 'routes.0.service.id: missing primary key'],
  ])('refuses %j', (by, told) => {
    expect(faultsIn({ services: [service], routes: [{ paths: ['/'], service: by }] })).toEqual([
      told,
    ])
  })

  it('lets the place of a nested entity say what it belongs to', () => {
    const plugins = [{ name: 'tea', service: 'nope' }]
    expect(rows({ services: [{ ...service, plugins }] })[1]?.service).toHaveProperty('id')
  })
})

describe('parseDeclarative(): what no two may share', () => {
  it.each([
    [
      { services: [service, service] },
      "services.1: uniqueness violation: 'services' entity with name set to 's1' already declared",
    ],
    [
      {
        services: [
          { id: UUID, host: 'a' },
          { id: UUID, host: 'b' },
        ],
      },
      `services.1: uniqueness violation: 'services' entity with primary key set to '${UUID}' already declared`,
    ],
    [
      {
        consumers: [
          { username: 'a', custom_id: 'x' },
          { username: 'b', custom_id: 'x' },
        ],
      },
      "consumers.1: uniqueness violation: 'consumers' entity with custom_id set to 'x' already declared",
    ],
    [
      { plugins: [{ name: 'tea', id: UUID }, { name: 'tea' }] },
      "plugins.1: uniqueness violation: 'plugins' entity with name set to 'tea', route set to 'null', service set to 'null', consumer set to 'null' already declared",
    ],
  ])('refuses %j', (document, told) => {
    expect(faultsIn(document)).toEqual([told])
  })

  it('allows the same Target in two Upstreams', () => {
    const targets = [{ target: 'a:80' }]
    const upstreams = [
      { name: 'u1', targets },
      { name: 'u2', targets },
    ]
    expect(rows({ upstreams })).toHaveLength(4)
  })
})

describe('parseDeclarative(): paths of the formats before 3.0', () => {
  it.each([
    ['/a', '/a'],
    ['/a%20b', '/a b'],
    ['/a-b_c.d~e', '/a-b_c.d~e'],
    ['/p:q', '~/p:q'],
    ['/x$', '~/x$'],
    ['/[^/]+', '~/[^/]+'],
  ])('takes %s for %s in 2.1 and 1.1, and for itself in 3.0', (path, means) => {
    const paths = (version: string) => {
      const document = { services: [{ ...service, routes: [{ paths: [path] }] }] }
      const parsed = parse({ _format_version: version, ...document })
      return parsed.ok ? parsed.rows[1]?.row.paths : parsed.faults
    }
    expect(paths('2.1')).toEqual([means])
    expect(paths('1.1')).toEqual([means])
    if (path !== '/a%20b') expect(paths('3.0')).toEqual([path])
  })

  it('leaves what is no list of texts to the schema', () => {
    expect(faults({ _format_version: '2.1', routes: [{ paths: [7] }] })).toEqual([
      'routes.0.paths.0: expected a string',
    ])
  })
})

describe('parseDeclarative(): faults', () => {
  const broken = {
    _format_version: '3.0',
    _nope: 1,
    services: [
      { name: 'ok', host: 'h' },
      { name: 'a b', host: 'h', port: 'abc', protocol: 'tcp', path: '/p' },
    ],
    routes: [{ name: 'r', paths: ['/a', 'b'], service: 'nope' }],
    plugins: [{ name: 'safe', config: { code: 'pin' } }],
  }

  it('are told all at once, with values that are no secrets', () => {
    const parsed = parse(broken)
    expect(
      parsed.ok ? [] : parsed.faults.map(({ keys, value }) => [keys.join('.'), value]),
    ).toEqual([
      ['_nope', 1],
      ['services.1.name', 'a b'],
      ['services.1.port', 'abc'],
      ['services.1', undefined],
      ['services.1.path', '/p'],
      ['routes.0.service', 'nope'],
      ['routes.0.paths.1', 'b'],
      ['plugins.0.config.code', undefined],
    ])
    expect(parsed.secrets).toEqual(['pin'])
  })

  it('make the tree that Kong has', () => {
    const tree = (document: object) => {
      const parsed = parse({ _format_version: '3.0', ...document })
      return parsed.ok ? {} : faultTree(parsed.faults)
    }
    expect(tree({ services: broken.services })).toMatchObject({
      services: [
        null,
        {
          port: 'expected an integer',
          path: 'value must be null',
          '@entity': ["failed conditional validation given value of field 'protocol'"],
        },
      ],
    })
    expect(tree({ services: [service, service] })).toEqual({
      services: [
        null,
        "uniqueness violation: 'services' entity with name set to 's1' already declared",
      ],
    })
    const route = { name: 'r', paths: ['/'], service: 'nope' }
    const told = "invalid reference 'service: nope' (no such entry in 'services')"
    expect(tree({ routes: [route] })).toEqual({ routes: { r: [told] } })
    expect(tree({ routes: [{ ...route, paths: ['x'] }] })).toEqual({
      routes: [{ service: told, paths: ['should start with: / (fixed path) or ~/ (regex path)'] }],
    })
  })
})

describe('parseDeclarative(): hostile documents', () => {
  it.each([
    ['names of prototypes', JSON.parse('{"__proto__": [], "toString": 1}')],
    [
      'a field __proto__',
      { services: [JSON.parse('{"name":"s","host":"h","__proto__":{"id":1}}')] },
    ],
    ['an entity called __proto__', { services: [{ name: '__proto__', host: 'h', port: 'x' }] }],
    ['a reference to __proto__', { routes: [{ paths: ['/'], service: '__proto__' }] }],
    ['an id of another type', { services: [{ ...service, id: { toString: 1 } }] }],
    ['lists for everything', { services: [{ name: [], url: [], routes: [[]] }] }],
  ])('refuses %s with places and without throwing', (_what, document) => {
    const parsed = parse({ _format_version: '3.0', ...document })
    expect(parsed.ok).toBe(false)
    if (!parsed.ok) expect(() => JSON.stringify(faultTree(parsed.faults))).not.toThrow()
    expect(({} as { id?: unknown }).id).toBeUndefined()
  })

  it('checks 5,000 plugins that refer by id in a time that grows with their number', () => {
    const services = Array.from({ length: 5000 }, (_, i) => ({ name: `s${i}`, host: 'h' }))
    const ids = rows({ services }).map(({ id }) => id)
    const plugins = ids.map((id) => ({ name: 'tea', service: { id } }))
    expect(rows({ services, plugins })).toHaveLength(10_000)
  })
})
