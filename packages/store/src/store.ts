/** A stored row: plain JSON data. Foreign fields hold `{ id }` or null. */
export interface Entity {
  readonly id: string
  readonly [field: string]: unknown
}

/** Which rows `page` answers. Rows come in the order of their ids. */
export interface PageQuery {
  /** Most rows in the page, 1 or more. */
  readonly size: number
  /** Id of the last row already seen; the page starts behind it. */
  readonly after?: string
  /** Field and the value it must have. A foreign field is compared with `{ id }` or null. */
  readonly where?: Readonly<Record<string, unknown>>
  /** `and`: rows that carry all of the tags; `or`: rows that carry at least one. */
  readonly tags?: { readonly mode: 'and' | 'or'; readonly tags: readonly string[] }
}

/** A page of rows, and whether there are more behind it. */
export interface Page {
  readonly rows: readonly Entity[]
  readonly more: boolean
}

/**
 * Reads rows. Rows past their `ttl` are not seen.
 *
 * A row of an entity with `ttl` shows the seconds it has left, rounded up, or null. Rows are not to
 * be changed by whoever reads them; some stores hand out frozen ones.
 *
 * Every method rejects with POSTERN_STORE_ENTITY_UNKNOWN for a name the store was not made with.
 */
export interface Reader {
  select(entity: string, id: string): Promise<Entity | undefined>
  /** The row whose field has this value; the one with the lowest id when there are several. */
  selectBy(entity: string, field: string, value: unknown): Promise<Entity | undefined>
  page(entity: string, query: PageQuery): Promise<Page>
}

/** Reads and writes inside `Store.write`, where it sees its own changes. */
export interface Transaction extends Reader {
  /** @throws StoreConflict when the id or a unique value is taken, or a foreign row is missing */
  insert(entity: string, row: Entity): Promise<void>
  /**
   * Puts a whole row in the place of the one with the same id.
   *
   * A `ttl` that a read would show right now leaves the moment of expiry as it is; any other starts
   * anew. 0 and null mean that the row does not expire.
   *
   * @throws StoreConflict when a unique value is taken, or a foreign row is missing
   * @throws POSTERN_STORE_ROW_MISSING when there is no row with this id
   */
  replace(entity: string, row: Entity): Promise<void>
  /**
   * Deletes a row and does what `on_delete` of the foreign fields that point to it says. Answers
   * whether there was a row.
   *
   * @throws StoreConflict when a row that stays points to it with `on_delete: 'restrict'`
   */
  delete(entity: string, id: string): Promise<boolean>
}

/** Everything a store holds, from one moment. Plain data that can be sent between processes. */
export interface Configuration {
  /** Grows by one with each write that changed something; 0 in an empty store. */
  readonly revision: number
  /** The rows of each entity the store was made with, in the order of their ids. */
  readonly entities: Readonly<Record<string, readonly Entity[]>>
  /**
   * When rows expire, by entity and id, in milliseconds since 1970. Rows that stay are not in it.
   * Whoever keeps a Configuration leaves rows out from that moment on.
   */
  readonly expiresAtMs: Readonly<Record<string, Readonly<Record<string, number>>>>
}

/** Configuration at rest. */
export interface Store extends Reader {
  /**
   * Runs a transaction: all of it or nothing, one at a time. Reads outside of it see nothing of it
   * until it has ended. What was written is durable when the promise resolves.
   *
   * `work` must not call `write` of the same store: that would wait for itself.
   */
  write<T>(work: (tx: Transaction) => Promise<T>): Promise<T>
  /** Everything, from one moment: what a Snapshot is built from. */
  readAll(): Promise<Configuration>
  /** Waits for the write that is running. The store cannot be used afterwards. */
  close(): Promise<void>
}
