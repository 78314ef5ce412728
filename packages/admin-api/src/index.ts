export { createAdminApi } from './admin-api.ts'
export type {
  AdminApi,
  AdminApiOptions,
  HealthSource,
  NodeDescription,
  PluginDescription,
  StatusFormat,
  TargetHealth,
} from './options.ts'
