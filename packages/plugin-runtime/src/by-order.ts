/** Higher priority first; of equal ones the greater name first, as in Kong. */
export function byOrder(
  a: { readonly name: string; readonly priority: number },
  b: { readonly name: string; readonly priority: number },
): number {
  if (a.priority !== b.priority) return b.priority - a.priority
  if (a.name === b.name) return 0
  return a.name > b.name ? -1 : 1
}
