import { readFileSync } from 'node:fs'
import type { ApisixCase } from './apisix/apisix-case.ts'

/** Reads the exchanges that were recorded from Apache APISIX. */
export function loadApisix(): readonly ApisixCase[] {
  // `cases` is beside `src` and beside `dist`, so the same path is right in both.
  const file = new URL('../cases/oracle-apisix.cases.json', import.meta.url)
  return JSON.parse(readFileSync(file, 'utf8')) as readonly ApisixCase[]
}
