import { checkRecord, describeViolations } from '@postern/schema'
import { trialErrors } from './errors.ts'
import type { TrialExit } from './trial-exit.ts'
import { asTrialExit, trialExitSchema } from './trial-exit-schema.ts'

/** How long a gateway may take to tell its exits, in milliseconds. */
const WAIT_MS = 10_000

/**
 * The last exits of a running gateway, the newest first.
 *
 * @param admin URL of its Admin API
 * @throws POSTERN_TRIAL_ADMIN, POSTERN_TRIAL_NOTHING_KEPT
 */
export async function fetchExits(admin: string, size: number): Promise<readonly TrialExit[]> {
  const { data } = await ask(admin, `/exit-transformer/exits?size=${size}`)
  if (!Array.isArray(data)) throw trialErrors.ADMIN(admin, 'it answered no list of exits')
  if (data.length === 0) throw trialErrors.NOTHING_KEPT(admin)
  return data.map((one) => {
    const checked = checkRecord(trialExitSchema, one)
    if (checked.ok) return asTrialExit(checked.value)
    throw trialErrors.ADMIN(admin, describeViolations(checked.violations))
  })
}

async function ask(admin: string, path: string): Promise<{ readonly data?: unknown }> {
  try {
    const url = new URL(`${admin.replace(/\/$/, '')}${path}`)
    const answer = await fetch(url, { signal: AbortSignal.timeout(WAIT_MS) })
    const body = (await answer.json()) as { readonly data?: unknown; readonly message?: unknown }
    if (answer.ok) return body
    throw trialErrors.ADMIN(admin, `it answered ${answer.status} ${String(body.message)}`)
  } catch (error) {
    if ((error as { code?: string }).code === 'POSTERN_TRIAL_ADMIN') throw error
    throw trialErrors.ADMIN(admin, reasonOf(error as Error)).causedBy(error)
  }
}

/** `fetch failed` says nothing: its cause does. */
function reasonOf(error: Error): string {
  const { cause } = error as { cause?: { code?: string; message?: string } }
  return cause?.code ?? cause?.message ?? error.message
}
