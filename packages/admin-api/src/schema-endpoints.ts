import { type EntitySchema, type RecordSchema, reflectSchema } from '@postern/schema'
import { type AdminRequest, type Endpoint, ok, paramOf, type Reply } from './endpoint.ts'
import { refuse } from './refusal.ts'
import { typedBody } from './typed-body.ts'
import type { AdminContext } from './write-context.ts'
import { checkBody } from './write-entity.ts'

/** `/schemas`: what entities and plugins look like, and whether a body would be taken. */
export function schemaEndpoints(admin: AdminContext): Endpoint[] {
  return [
    {
      path: '/schemas/plugins/validate',
      methods: { POST: (request) => validate(admin, 'plugins', request) },
    },
    {
      path: '/schemas/plugins/:name',
      methods: { GET: (request) => ok(reflectSchema(pluginSchema(admin, request))) },
    },
    {
      path: '/schemas/vaults/:name',
      methods: { GET: (request) => ok(reflectSchema(vaultSchema(admin, request))) },
    },
    {
      path: '/schemas/:name/validate',
      methods: { POST: (request) => validate(admin, paramOf(request, 'name'), request) },
    },
    {
      path: '/schemas/:name',
      methods: {
        GET: (request) => ok(reflectSchema(entitySchema(admin, paramOf(request, 'name')))),
      },
    },
    {
      path: '/plugins/schema/:name',
      methods: { GET: (request) => ok(reflectConfig(pluginSchema(admin, request))) },
    },
  ]
}

/** The database is not asked: foreign rows need not exist, and unique values may be taken. */
function validate(admin: AdminContext, name: string, { body }: AdminRequest): Reply {
  const schema = entitySchema(admin, name)
  const { subschema } = admin
  checkBody(schema, typedBody(schema, body, { subschema }), { operation: 'insert', subschema })
  return ok({ message: 'schema validation successful' })
}

function entitySchema({ models }: AdminContext, name: string): EntitySchema {
  const model = models.get(name)
  if (model === undefined) throw refuse(404, `No entity named '${name}'`)
  return model.schema
}

function pluginSchema({ options }: AdminContext, request: AdminRequest): RecordSchema {
  const name = paramOf(request, 'name')
  const plugin = options.plugins.get(name)
  if (plugin === undefined) throw refuse(404, `No plugin named '${name}'`)
  return plugin.schema
}

function vaultSchema({ models }: AdminContext, request: AdminRequest): RecordSchema {
  const name = paramOf(request, 'name')
  const schemas = models.get('vaults')?.schema.subschemas ?? {}
  const schema = Object.hasOwn(schemas, name) ? schemas[name] : undefined
  if (schema === undefined) throw refuse(404, `No vault named '${name}'`)
  return schema
}

/** Only the fields of `config`, as this older path has always answered. */
function reflectConfig({ fields }: RecordSchema): Reply['body'] {
  const config = fields.config
  const inner = config?.type === 'record' ? config.fields : undefined
  return { fields: reflectSchema({ fields: inner ?? {} }).fields }
}
