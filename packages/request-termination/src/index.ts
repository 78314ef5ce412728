export { createRequestTerminationPlugin } from './plugin.ts'
export { requestTerminationSchema, type RequestTerminationConfig } from './schema.ts'
// The core: what a configuration answers, and to whom.
export { isTriggered, type TriggerRequest } from './is-triggered.ts'
