import { withOwnErrors } from './with-own-errors.ts'

// The real ones: this module is loaded before intrinsics are guarded.
const RealUrl = URL
const RealParams = URLSearchParams

/** The parts of a URL that can be read and set. */
const PARTS = [
  ...([
    'href',
    'protocol',
    'username',
    'password',
    'host',
    'hostname',
    'port',
    'pathname',
  ] as const),
  ...(['search', 'hash'] as const),
]

/**
 * Makes `URL` and `URLSearchParams` for functions: texts go in and texts come out, each charged by
 * its length.
 */
export function createUrlClasses(add: Add): {
  readonly URL: unknown
  readonly URLSearchParams: unknown
} {
  const text = (value: unknown): string => {
    const given = `${value as string}`
    add(1 + given.length)
    return given
  }
  const SandboxParams = paramsClass(text, add)
  const SandboxUrl = urlClass(text, SandboxParams)
  Object.defineProperty(SandboxUrl, 'name', { value: 'URL' })
  Object.defineProperty(SandboxParams, 'name', { value: 'URLSearchParams' })
  return { URL: SandboxUrl, URLSearchParams: SandboxParams }
}

type Add = (steps: number) => void
/** What was given, or is answered, as a charged text. */
type Text = (value: unknown) => string

function paramsClass(text: Text, add: Add) {
  return class SandboxParams {
    readonly #params: URLSearchParams

    constructor(init: unknown = '') {
      this.#params = init instanceof RealParams ? init : new RealParams(text(init))
    }

    get(name: unknown): string | null {
      return this.#params.get(this.#each(name))
    }

    getAll(name: unknown): string[] {
      return this.#params.getAll(this.#each(name))
    }

    has(name: unknown): boolean {
      return this.#params.has(this.#each(name))
    }

    set(name: unknown, value: unknown): void {
      this.#params.set(this.#each(name), text(value))
    }

    append(name: unknown, value: unknown): void {
      this.#params.append(text(name), text(value))
    }

    delete(name: unknown): void {
      this.#params.delete(this.#each(name))
    }

    entries(): [string, string][] {
      add(1 + this.#params.size)
      return [...this.#params]
    }

    toString(): string {
      add(1 + this.#params.size)
      return text(this.#params.toString())
    }

    /** All of them are gone over. */
    #each(name: unknown): string {
      add(this.#params.size)
      return text(name)
    }
  }
}

function urlClass(text: Text, Params: ReturnType<typeof paramsClass>) {
  return class SandboxUrl {
    readonly #url: URL
    readonly #searchParams: object

    static {
      for (const part of PARTS) {
        Object.defineProperty(SandboxUrl.prototype, part, {
          get(this: SandboxUrl) {
            return text(this.#url[part])
          },
          set(this: SandboxUrl, value: unknown) {
            const given = text(value)
            withOwnErrors(() => {
              this.#url[part] = given
            })
          },
          enumerable: true,
          configurable: true,
        })
      }
    }

    constructor(url: unknown, base?: unknown) {
      const given = text(url)
      const from = base === undefined ? undefined : text(base)
      this.#url = withOwnErrors(() => new RealUrl(given, from))
      this.#searchParams = new Params(this.#url.searchParams)
    }

    static canParse(url: unknown, base?: unknown): boolean {
      return base === undefined
        ? RealUrl.canParse(text(url))
        : RealUrl.canParse(text(url), text(base))
    }

    get origin(): string {
      return text(this.#url.origin)
    }

    get searchParams(): object {
      return this.#searchParams
    }

    toString(): string {
      return text(this.#url.href)
    }

    toJSON(): string {
      return text(this.#url.href)
    }
  }
}
