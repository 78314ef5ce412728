// Plugins written for kong-pdk, as plugins of Postern.
export { adaptKongPlugin, type AdaptOptions } from './adapt-kong-plugin.ts'
export {
  isKongPlugin,
  type KongPluginClass,
  type KongPluginModule,
} from './kong-plugin-module.ts'
export { importKongPlugin } from './import-kong-plugin.ts'
