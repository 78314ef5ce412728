/**
 * A place for what was worked out about the fields of a head. It is the same object for all heads of a
 * connection as long as their fields are repeated, byte by byte.
 */
export interface FieldMemo {
  value: unknown
}
