// Entities: for each, the description and the type of a complete value.
export { type Consumer, consumers } from './consumers.ts'
export { type Plugin, plugins } from './plugins.ts'
export { type Route, routes, type AddressRange } from './routes.ts'
export { type Service, services } from './services.ts'
export type { Protocol } from './protocol.ts'
