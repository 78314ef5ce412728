/** A Route's `snis`, ready to be compared with the server name of a handshake. */
export interface SniTest {
  readonly exact: ReadonlySet<string>
  readonly suffixes: readonly string[]
  readonly prefixes: readonly string[]
}

/** Compiles a Route's `snis`. A trailing dot is ignored, `*` at either end stands for any text. */
export function compileSnis(snis: readonly string[]): SniTest {
  const names = snis.map((sni) => sni.toLowerCase().replace(/\.$/, ''))
  return {
    exact: new Set(names.filter((name) => !name.includes('*'))),
    suffixes: names.filter((name) => name.startsWith('*')).map((name) => name.slice(1)),
    prefixes: names
      .filter((name) => name.endsWith('*') && name !== '*')
      .map((name) => name.slice(0, -1)),
  }
}

/** Whether a server name is one of those of the Route. */
export function matchSni(test: SniTest, serverName: string): boolean {
  const name = serverName.toLowerCase()
  return (
    test.exact.has(name) ||
    test.suffixes.some((suffix) => name.endsWith(suffix)) ||
    test.prefixes.some((prefix) => name.startsWith(prefix))
  )
}
