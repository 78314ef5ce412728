import {
  mkdirSync,
  mkdtempSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { type FileWatch, watchFiles } from './watch-files.ts'

const open: { readonly folder: string; readonly watch: FileWatch }[] = []
afterEach(() => {
  for (const { folder, watch } of open.splice(0)) {
    watch.close()
    rmSync(folder, { recursive: true })
  }
})

/** Watches `kong.yml` in a folder of its own, and whatever else is named. */
function watching(...names: readonly string[]) {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'postern-watch-')))
  const at = (name: string) => path.join(folder, name)
  let count = 0
  let told = Promise.withResolvers<number>()
  const watch = watchFiles({
    onChange() {
      count += 1
      told.resolve(count)
      told = Promise.withResolvers()
    },
    onProblem(_folder, error) {
      told.reject(error)
    },
  })
  open.push({ folder, watch })
  writeFileSync(at('kong.yml'), 'one')
  watch.follow([at('kong.yml'), ...names.map(at)])
  return {
    at,
    watch,
    /** Resolves when the change that `act` makes has been told. */
    async afterwards(act: () => void): Promise<number> {
      const next = told.promise
      act()
      return next
    },
  }
}

describe('watchFiles()', () => {
  it('tells when a file is written', async () => {
    const { at, afterwards } = watching()
    await expect(afterwards(() => writeFileSync(at('kong.yml'), 'two, longer'))).resolves.toBe(1)
    await expect(afterwards(() => writeFileSync(at('kong.yml'), 'three, longer'))).resolves.toBe(2)
  })

  it('tells when an editor puts a new file in its place, again and again', async () => {
    const { at, afterwards } = watching()
    for (const text of ['two', 'three', 'four']) {
      await afterwards(() => {
        writeFileSync(at('.kong.yml.swp'), text)
        renameSync(at('.kong.yml.swp'), at('kong.yml'))
      })
    }
  })

  it('tells when a file is removed, and when it comes back', async () => {
    const { at, afterwards } = watching()
    await afterwards(() => rmSync(at('kong.yml')))
    await afterwards(() => writeFileSync(at('kong.yml'), 'two'))
  })

  it('tells when a file comes into a folder that was not there', async () => {
    const { at, afterwards } = watching('functions/errors.ts')
    await afterwards(() => {
      mkdirSync(at('functions'))
      writeFileSync(at('functions/errors.ts'), 'one')
    })
    await afterwards(() => writeFileSync(at('functions/errors.ts'), 'two, longer'))
  })

  it('tells when a symbolic link leads elsewhere, as in a volume of Kubernetes', async () => {
    const { at, afterwards, watch } = watching()
    for (const version of ['v1', 'v2']) {
      mkdirSync(at(version))
      writeFileSync(path.join(at(version), 'a.lua'), version)
    }
    symlinkSync('v1', at('..data'))
    symlinkSync('..data/a.lua', at('a.lua'))
    watch.follow([at('a.lua')])
    await afterwards(() => {
      symlinkSync('v2', at('..data_tmp'))
      renameSync(at('..data_tmp'), at('..data'))
    })
  })

  it('says nothing of other files beside it', async () => {
    const { at, afterwards } = watching()
    writeFileSync(at('other.txt'), 'x')
    // Were the other file told of, this would be the second time.
    await expect(afterwards(() => writeFileSync(at('kong.yml'), 'longer'))).resolves.toBe(1)
  })

  it('tells of a change that comes while the files are read', async () => {
    const { at, afterwards, watch } = watching()
    await afterwards(() => writeFileSync(at('kong.yml'), 'two, longer'))
    await afterwards(() => {
      writeFileSync(at('kong.yml'), 'while it is read')
      watch.follow([at('kong.yml')])
    })
  })
})
