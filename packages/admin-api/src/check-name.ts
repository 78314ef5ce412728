import { refuse } from './refusal.ts'

/**
 * Refuses the one name that would not become a field but the prototype of an object, wherever an
 * object is filled by assignment.
 *
 * @throws Refusal 400
 */
export function checkName(name: string): void {
  if (name === '__proto__') throw refuse(400, "a field cannot be named '__proto__'")
}
