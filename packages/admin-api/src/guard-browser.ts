import { isIP } from 'node:net'
import type { AdminApiOptions } from './options.ts'
import { type Refusal, refuse } from './refusal.ts'

/**
 * Keeps web pages from driving an Admin API that listens where a browser runs: it has no
 * authentication of its own, and a browser sends requests for every page that asks it to.
 *
 * A page of another site may not write, and a name that an attacker has pointed to this machine is
 * not taken for ours. What is not a browser sends no `Sec-Fetch-Site` and no `Origin`, and notices
 * nothing.
 *
 * @throws Refusal 403
 */
export function guardBrowser(request: Request, options: AdminApiOptions): void {
  const refusal = refuseHost(request, options) ?? refusePage(request, options)
  if (refusal !== undefined) throw refusal
}

function refuseHost(request: Request, options: AdminApiOptions): Refusal | undefined {
  if (options.isLoopback !== true) return undefined
  const host = request.headers.get('host') ?? new URL(request.url).host
  const name = hostnameOf(host)
  if (isOwnName(name) || hasHost(options, name)) return undefined
  return refuse(
    403,
    `the Admin API is not called ${JSON.stringify(name)}; name it in admin_allowed_hosts if it is`,
  )
}

function hasHost({ allowedHosts = [] }: AdminApiOptions, name: string): boolean {
  return allowedHosts.some((host) => host.toLowerCase() === name)
}

/** Names that can be pointed elsewhere are suspicious, addresses are not. */
function isOwnName(name: string): boolean {
  return name === 'localhost' || name.endsWith('.localhost') || isIP(name) !== 0
}

function hostnameOf(host: string): string {
  const bracketed = /^\[([^\]]*)\](?::\d*)?$/.exec(host)?.[1]
  return (bracketed ?? host.replace(/:\d*$/, '')).toLowerCase()
}

const READING: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])

function refusePage(request: Request, options: AdminApiOptions): Refusal | undefined {
  if (READING.has(request.method) || !isForeignPage(request, options)) return undefined
  return refuse(
    403,
    'web pages of other sites may not write here; name their origin in admin_gui_url if they may',
  )
}

/** Whether a browser says that a page of another site asks. */
export function isForeignPage(request: Request, options: AdminApiOptions): boolean {
  const origin = request.headers.get('origin')
  if (origin !== null && options.guiOrigins?.includes(origin)) return false
  return request.headers.get('sec-fetch-site') === 'cross-site'
}
