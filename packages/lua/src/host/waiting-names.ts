import { HostTable, type HostValue, waitingFunctions } from './host-value.ts'

/** The names under which a chunk finds functions that wait, among its globals. */
export function waitingNames(globals: Readonly<Record<string, HostValue>>): ReadonlySet<string> {
  const names = new Set<string>()
  addNames(globals, names, new Set())
  return names
}

function addNames(table: object, names: Set<string>, seen: Set<object>): void {
  if (seen.has(table)) return
  seen.add(table)
  for (const [name, value] of Object.entries(fieldsOf(table))) {
    if (typeof value === 'function' && waitingFunctions.has(value)) names.add(name)
    else if (typeof value === 'object' && value !== null) addNames(value as object, names, seen)
  }
}

function fieldsOf(table: object): object {
  return table instanceof HostTable ? (table.access.fields ?? {}) : table
}
