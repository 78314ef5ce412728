/** What the functions of one `cjson` table may be told. Names and defaults are lua-cjson's. */
export interface JsonSettings {
  /** A list with gaps is refused when its largest index is over `sparseRatio` times its items … */
  sparseRatio: number
  /** … and over this. */
  sparseSafe: number
  /** Write such a list as an object instead of refusing it. */
  convertsSparse: boolean
  encodeMaxDepth: number
  decodeMaxDepth: number
  precision: number
  allowsInvalidNumbers: boolean
  emptyTableIsObject: boolean
  escapesSlash: boolean
}

export function defaultSettings(): JsonSettings {
  return {
    sparseRatio: 2,
    sparseSafe: 10,
    convertsSparse: false,
    encodeMaxDepth: 1000,
    decodeMaxDepth: 1000,
    precision: 14,
    allowsInvalidNumbers: false,
    emptyTableIsObject: true,
    escapesSlash: true,
  }
}
