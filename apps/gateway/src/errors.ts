import { defineErrors } from '@postern/errors'

/** What can keep the program from serving. */
export const gatewayErrors = defineErrors('POSTERN_GATEWAY', {
  ADDRESS_IN_USE: (key: string, host: string, port: number) =>
    `${key}: ${host}:${port} is in use by another program; stop it, or set ${key} (or ${envName(key)}) to a free address`,
  ADDRESS_REFUSED: (key: string, host: string, port: number, reason: string) =>
    `${key}: ${host}:${port} cannot be listened on: ${reason}`,
  ADDRESS_TWICE: (key: string, host: string, port: number) =>
    `${key}: ${host}:${port} stands twice in the configuration; give each key an address of its own`,
  CERTIFICATE_UNUSABLE: (key: string, reason: string) =>
    `${key}: TLS cannot be spoken with it: ${reason}`,
  UPSTREAM_CERTIFICATE_UNUSABLE: (reason: string) =>
    `TLS cannot be spoken with the Service: ${reason}`,
  CONFIGURATION_REFUSED: (refused: number, workers: number, problem: string) =>
    `${refused} of ${workers} workers cannot serve the configuration: ${problem}`,
  PREFIX_UNUSABLE: (folder: string, reason: string) =>
    `prefix: ${JSON.stringify(folder)} cannot be used as a folder: ${reason}`,
  TEMPLATE_UNUSABLE: (key: string, file: string, reason: string) =>
    `${key}: ${JSON.stringify(file)} cannot be used as a template: ${reason}`,
  BODY_TOO_LARGE: (limit: number) =>
    `the body of the request is larger than client_body_buffer_max, ${limit} bytes, and a plugin asked for all of it`,
  BODY_OVER_LIMIT: (limit: number) =>
    `the body of the request is larger than client_max_body_size, ${limit} bytes`,
  BODY_TOO_SLOW: (limitMs: number) =>
    `the body of the request took longer than client_request_timeout, ${limitMs} ms`,
  TRAILERS_TOO_LARGE: (lines: number, bytes: number) =>
    `the trailers of the request are more than ${lines} lines or ${bytes} bytes`,
  RESPONSE_TOO_LARGE: (limit: number) =>
    `the response of the Service is larger than client_body_buffer_max, ${limit} bytes, and a plugin asked for all of it`,
  RESPONSE_HEAD_TOO_LARGE: (lines: number, bytes: number) =>
    `the headers of the response are more than ${lines} lines or ${bytes} bytes`,
  PLUGIN_NOT_FOUND: (name: string, reason: string, hint: string) =>
    `plugins: ${JSON.stringify(name)} cannot be loaded: ${reason}; ${hint}`,
  PLUGIN_INVALID: (name: string) =>
    `plugins: ${JSON.stringify(name)} does not export a plugin as default; expected what definePlugin answers`,
  MODULE_UNUSABLE: (entry: string, reason: string) =>
    `untrusted_javascript_sandbox_requires: ${JSON.stringify(entry)} cannot be imported: ${reason}`,
  NOT_YET: (key: string, value: string, instead: string) =>
    `${key}: ${JSON.stringify(value)} is not supported yet; ${instead}`,
})

function envName(key: string): string {
  return `POSTERN_${key.toUpperCase()}`
}
