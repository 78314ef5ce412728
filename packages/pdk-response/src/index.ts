// kong.response itself, over whatever server implements ResponseHost.
export { type ExitOptions, ResponsePdk } from './response-pdk.ts'
export {
  DEFAULT_RESPONSE_SETTINGS,
  type RenderHost,
  type ResponseHost,
  type ResponseRequest,
  type ResponseSettings,
} from './response-host.ts'
export {
  createResponseState,
  type BodyFilterState,
  type ResponseSource,
  type ResponseState,
  sourceOf,
} from './response-state.ts'
export { nodeResponse, type NodeResponse, type NodeResponseOptions } from './node-response.ts'

// An answer as a value, and how it goes out.
export { EXIT_SIGNAL, type Exit, type ExitBody, type ExitHeaders } from './exit.ts'
export { type ExitReasonFacts, type ExitReasons, PDK_EXIT_REASONS } from './exit-reasons.ts'
export { errorExit, type ErrorExitFacts, type ErrorExitHost } from './error-exit.ts'
export { canHaveBody, renderExit, type RenderedExit } from './render-exit.ts'
export { renderStreamExit, type StreamExit } from './stream-exit.ts'
export { filterChunk } from './body-filter.ts'

// Errors as text: templates and negotiation.
export { dataOfErrorBody, errorBody, type ErrorFacts } from './error-body.ts'
export { defaultMessage } from './error-messages.ts'
export {
  compileTemplate,
  DEFAULT_TEMPLATES,
  type ErrorTemplate,
  type ErrorTemplates,
} from './error-templates.ts'
export { errorTypeOf, type ErrorType, negotiateErrorType } from './error-type.ts'

// Headers: of responses here, of requests elsewhere.
export { type FieldBlock, HeaderList } from './header-list.ts'
export {
  checkMaxHeaders,
  headerTable,
  type HeaderTable,
  isTruncated,
  lookUpHeader,
  lookUpHeaders,
} from './header-table.ts'
export {
  checkHeader,
  checkHeaders,
  eachHeader,
  headerTexts,
  type HeaderValue,
  wireName,
} from './header-values.ts'

// Phases, and the words of Kong's messages, for the rest of the PDK.
export { checkPhase, exceptIn, onlyIn, PDK_PHASES, type PdkPhase, type PhaseSet } from './phase.ts'
export { luaQuoted, luaText, luaType } from './lua-type.ts'
