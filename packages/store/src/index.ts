// The interface every store fulfils.
export type {
  Configuration,
  Entity,
  Page,
  PageQuery,
  Reader,
  Store,
  Transaction,
} from './store.ts'

// The stores.
export { createMemoryStore, type MemoryStoreOptions } from './memory-store.ts'
export { createSqliteStore, type SqliteStoreOptions } from './sqlite-store.ts'

// What a write that breaks a constraint is refused with.
export {
  type ConflictFacts,
  type ConflictKind,
  isStoreConflict,
  StoreConflict,
} from './store-conflict.ts'
