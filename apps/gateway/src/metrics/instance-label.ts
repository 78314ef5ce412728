/** What series call the configuration of a plugin: its name or, where it has none, its id. */
export function instanceLabel(instance: {
  readonly id: string
  readonly instance_name?: string | null
}): string {
  return instance.instance_name ?? instance.id
}
