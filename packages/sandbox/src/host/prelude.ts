/**
 * A trusted module that gives functions globals, for example `kong`. The process imports it from
 * the URL in `FunctionHostOptions.prelude`, before `lockdown()`.
 */
export interface Prelude {
  /**
   * Makes the globals of one call. Called once for each call, with the `context` of that call.
   *
   * In mode `sandbox` the endowments are hardened, with everything they lead to: keep what changes
   * in private fields or closures. The names must be the same for each call.
   */
  createEndowments(context: unknown): Endowed
}

/** The globals of one call, and what the function did through them. */
export interface Endowed {
  readonly endowments: Readonly<Record<string, unknown>>
  /** Come in front of the arguments of the call. Hardened as the endowments are. */
  readonly args?: readonly unknown[]
  /** Read once the function has returned, and sent along with its result. JSON data. */
  effects(): unknown
  /** Whether something thrown is only the way by which an endowment ends the function. */
  isExit?(thrown: unknown): boolean
}

const NO_ENDOWMENTS: Endowed = { endowments: {}, effects: () => undefined }

const NOTHING: Prelude = { createEndowments: () => NO_ENDOWMENTS }

export async function loadPrelude(url: string | undefined): Promise<Prelude> {
  if (url === undefined) return NOTHING
  const loaded = (await import(url)) as Partial<Prelude>
  if (typeof loaded.createEndowments !== 'function') {
    throw new TypeError(`${url} does not export a function createEndowments`)
  }
  return { createEndowments: loaded.createEndowments }
}
