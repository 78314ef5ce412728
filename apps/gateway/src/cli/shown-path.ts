import path from 'node:path'

/** A path as people say it: from the current folder where it is below it. */
export function shownPath(file: string): string {
  const relative = path.relative(process.cwd(), file)
  return relative === '' || isOutside(relative) ? file : relative
}

/** Whether a path from a folder leads out of it. A folder may be called `..data`. */
export function isOutside(relative: string): boolean {
  return relative === '..' || relative.startsWith(`..${path.sep}`)
}
