export { createRequestTerminationPlugin } from './plugin.ts'
export { requestTerminationSchema, type RequestTerminationConfig } from './schema.ts'
// Why it answers requests.
export { REQUEST_TERMINATION_EXIT_REASONS } from './exit-reasons.ts'
// The core: what a configuration answers, and to whom.
export { isTriggered, type TriggerRequest } from './is-triggered.ts'
