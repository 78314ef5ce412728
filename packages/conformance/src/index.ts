// Suites of HTTP cases and how to run them against a gateway.
export { type CaseResult, type RunOptions, runHttpCases } from './run-http-cases.ts'
export { loadSuite, SUITES } from './load-suite.ts'
export { expectKnownFailures } from './known-failures.ts'
// Cases of your own.
export {
  type Expectation,
  type HttpCase,
  type HttpStep,
  type Json,
  parseHttpCases,
} from './http-case.ts'
// Exchanges recorded from a real Kong, replayed.
export { compareOracle } from './compare-oracle.ts'
export {
  loadOracle,
  ORACLE_SUITES,
  type OracleAnswer,
  type OracleCase,
  type OracleUpstream,
} from './oracle-case.ts'
export { type OracleOptions, type OracleResult, runOracleCases } from './run-oracle-cases.ts'
// Exchanges recorded from Apache APISIX, told in Kong's words.
export { loadApisix } from './load-apisix.ts'
export type { ApisixCase } from './apisix/apisix-case.ts'
export { compareApisix } from './apisix/compare-apisix.ts'
export { translateApisix } from './apisix/translate-apisix.ts'
// What no client and no upstream should send, and what has to hold all the same.
export type {
  Grade,
  HostileRequestCase,
  HostileResponseCase,
} from './hostile/hostile-case.ts'
export { loadHostileRequests, loadHostileResponses } from './load-hostile.ts'
export { type Recorder, startRecorder } from './hostile/recorder.ts'
export {
  type HostileOptions,
  type HostileResult,
  runHostileRequests,
} from './hostile/run-hostile-requests.ts'
export { type ScriptedUpstream, startScriptedUpstream } from './hostile/scripted-upstream.ts'
export {
  type HostileResponseOptions,
  runHostileResponses,
} from './hostile/run-hostile-responses.ts'
// Streams of requests that are almost right, and how to read them.
export { MutatedStreams, randomOf } from './streams/mutated-streams.ts'
export {
  type ReadRequest,
  type ReadStream,
  referenceParse,
  type StreamEnd,
} from './streams/reference-parse.ts'
// What a connection carried, read as strictly as a standard says.
export {
  parseResponses,
  type ResponseContext,
  type SeenResponse,
  type SeenResponses,
} from './hostile/strict-responses.ts'
