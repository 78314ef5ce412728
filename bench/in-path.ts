import { existsSync } from 'node:fs'
import path from 'node:path'

/** The file of a program, or undefined where it is not installed. */
export function inPath(program: string): string | undefined {
  const folders = (process.env.PATH ?? '').split(path.delimiter)
  return folders.map((folder) => path.join(folder, program)).find((file) => existsSync(file))
}
