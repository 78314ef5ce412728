import { defineErrors, type PosternErrors } from '@postern/errors'

const table = {
  ENTITY_UNKNOWN: (entity: string): string =>
    `the store has no entity named ${JSON.stringify(entity)}`,
  ROW_MISSING: (entity: string, id: string): string =>
    `there is no row of ${JSON.stringify(entity)} with the id ${JSON.stringify(id)} to replace`,
  PRIMARY_TAKEN: (entity: string): string =>
    `the id of the new row of ${JSON.stringify(entity)} is taken`,
  UNIQUE_TAKEN: (entity: string, fields: readonly string[]): string =>
    `another row of ${JSON.stringify(entity)} has the same ${JSON.stringify(fields.join(', '))}`,
  FOREIGN_MISSING: (entity: string, field: string, reference: string): string =>
    `${JSON.stringify(field)} of the row of ${JSON.stringify(entity)} points to a row of ` +
    `${JSON.stringify(reference)} that is not there`,
  FOREIGN_IN_USE: (entity: string, by: string): string =>
    `a row of ${JSON.stringify(by)} points to the row of ${JSON.stringify(entity)} to delete`,
  TRANSACTION_ENDED: (): string =>
    'the transaction has ended, its work must wait for all it has begun',
  CLOSED: (): string => 'the store is closed',
  FILE_UNUSABLE: (file: string, reason: string): string =>
    `the store file ${JSON.stringify(file)} cannot be used: ${reason}`,
  LOCKED: (file: string, timeoutMs: number): string =>
    `the store file ${JSON.stringify(file)} was locked by another process for ${timeoutMs} ms`,
  FILE_NEWER: (file: string, found: number, known: number): string =>
    `the store file ${JSON.stringify(file)} has the layout ${found}, this version knows up to ${known}`,
} as const

/** The errors of this package. Values of rows are never in a message: they may be credentials. */
export const storeErrors: PosternErrors<typeof table> = defineErrors('POSTERN_STORE', table)
