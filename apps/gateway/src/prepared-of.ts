import { PreparedFields } from '@postern/http1'
import type { HeaderList } from '@postern/pdk-response'

/** The fields that a list begins with, where they were written before: then only its own are left. */
export function preparedOf({ block }: HeaderList): PreparedFields | undefined {
  return block instanceof PreparedFields ? block : undefined
}
