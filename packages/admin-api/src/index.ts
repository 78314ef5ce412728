export { createAdminApi } from './admin-api.ts'

// Paths that a host adds.
export type {
  AdminRequest,
  Endpoint as AdminEndpoint,
  Handler as AdminHandler,
  Method as AdminMethod,
  Reply as AdminReply,
} from './endpoint.ts'
export { readFields } from './read-fields.ts'
export { type Refusal, refuse, schemaViolation } from './refusal.ts'
export type { RequestBody } from './request-body.ts'

// What it is made of.
export type {
  AdminApi,
  AdminApiOptions,
  HealthSource,
  NodeDescription,
  PluginDescription,
  StatusFormat,
  TargetHealth,
} from './options.ts'
