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
export function createUrlClasses(add: (steps: number) => void): {
  readonly URL: unknown
  readonly URLSearchParams: unknown
} {
  const text = (value: unknown): string => {
    const given = `${value as string}`
    add(1 + given.length)
    return given
  }

  class SandboxParams {
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

  class SandboxUrl {
    readonly #url: URL
    readonly #searchParams: SandboxParams

    constructor(url: unknown, base?: unknown) {
      const given = text(url)
      const from = base === undefined ? undefined : text(base)
      this.#url = withOwnErrors(() => new RealUrl(given, from))
      this.#searchParams = new SandboxParams(this.#url.searchParams)
    }

    static canParse(url: unknown, base?: unknown): boolean {
      return base === undefined
        ? RealUrl.canParse(text(url))
        : RealUrl.canParse(text(url), text(base))
    }

    static read(url: SandboxUrl, part: (typeof PARTS)[number]): string {
      return text(url.#url[part])
    }

    static write(url: SandboxUrl, part: (typeof PARTS)[number], value: unknown): void {
      const given = text(value)
      withOwnErrors(() => {
        url.#url[part] = given
      })
    }

    get origin(): string {
      return text(this.#url.origin)
    }

    get searchParams(): SandboxParams {
      return this.#searchParams
    }

    toString(): string {
      return text(this.#url.href)
    }

    toJSON(): string {
      return text(this.#url.href)
    }
  }

  const { read, write } = SandboxUrl
  for (const part of PARTS) {
    Object.defineProperty(SandboxUrl.prototype, part, {
      get(this: SandboxUrl) {
        return read(this, part)
      },
      set(this: SandboxUrl, value: unknown) {
        write(this, part, value)
      },
      enumerable: true,
      configurable: true,
    })
  }
  Reflect.deleteProperty(SandboxUrl, 'read')
  Reflect.deleteProperty(SandboxUrl, 'write')
  Object.defineProperty(SandboxUrl, 'name', { value: 'URL' })
  Object.defineProperty(SandboxParams, 'name', { value: 'URLSearchParams' })
  return { URL: SandboxUrl, URLSearchParams: SandboxParams }
}
