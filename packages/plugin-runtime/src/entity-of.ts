/** An entity of the configuration as a request sees it. */
export interface EntityOf {
  readonly id: string
  readonly [field: string]: unknown
}
