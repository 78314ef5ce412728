// A plugin through its phases.
export {
  createPluginTest,
  type PluginTest,
  type PluginTestOptions,
  type World,
} from './create-plugin-test.ts'
export type { OtherPlugin } from './chains-of.ts'
export type { TestRequest } from './test-request.ts'
export type { ServiceAnswer, ServiceFault, ServiceRequest } from './service-answer.ts'
export type { StartResult } from './start-plugins.ts'
export type { LogLine } from './log-lines.ts'
export type { PluginTestResult } from './plugin-test-result.ts'
export type { StreamTestResult } from './run-stream.ts'
export type { HandshakeTestResult, TestHandshake } from './run-handshake.ts'

// Exits, and what becomes of them.
export {
  exitTester,
  type ExitCase,
  type ExitChange,
  type ExitCheck,
  type ExitTesterOptions,
  type TestRunner,
} from './exit-tester.ts'
