import { execFileSync } from 'node:child_process'
import {
  closeSync,
  mkdtempSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { LineWriter, type LineWriterOptions } from './line-writer.ts'

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
})

function inFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'postern-lines-'))
  folders.push(folder)
  return path.join(folder, 'access.log')
}

function createWriter(target: string | number, options: Partial<LineWriterOptions> = {}) {
  const troubles: string[] = []
  const recoveries: number[] = []
  const writer = new LineWriter({
    target,
    onTrouble: (problem) => troubles.push(problem),
    onRecovery: (lost) => recoveries.push(lost),
    ...options,
  })
  return { writer, troubles, recoveries }
}

const numbered = (count: number, width = 8): string[] =>
  Array.from({ length: count }, (_, n) => `${String(n).padStart(width, '0')}\n`)

describe('LineWriter', () => {
  it.each([
    { what: 'nothing', count: 0, width: 8 },
    { what: 'one line', count: 1, width: 8 },
    { what: 'less than a batch', count: 100, width: 100 },
    { what: 'many batches', count: 20_000, width: 200 },
    { what: 'lines longer than a batch', count: 3, width: 100_000 },
  ])('has written $what in order when it is closed', async ({ count, width }) => {
    const file = inFolder()
    const { writer, troubles } = createWriter(file)
    const lines = numbered(count, width)
    for (const line of lines) writer.write(line)
    await writer.close()
    expect(readFileSync(file, 'utf8') === lines.join('')).toBe(true)
    expect(troubles).toEqual([])
    expect(writer.counts).toEqual({ taken: count, lost: 0 })
  })

  it('writes what waits without being closed', async () => {
    const file = inFolder()
    const { writer } = createWriter(file)
    writer.write('a\n')
    while (readFileSync(file, 'utf8') === '') await new Promise((resolve) => setImmediate(resolve))
    expect(readFileSync(file, 'utf8')).toBe('a\n')
    await writer.close()
  })

  it('appends, and keeps others from reading', async () => {
    const file = inFolder()
    for (const line of ['first\n', 'second\n']) {
      const { writer } = createWriter(file)
      writer.write(line)
      await writer.close()
    }
    expect(readFileSync(file, 'utf8')).toBe('first\nsecond\n')
    expect(statSync(file).mode & 0o007).toBe(0)
  })

  it('goes on in a new file when the old one has been moved away', async () => {
    const file = inFolder()
    const { writer } = createWriter(file)
    writer.write('before\n')
    renameSync(file, `${file}.1`)
    writer.reopen()
    writer.write('after\n')
    await writer.close()
    expect(readFileSync(`${file}.1`, 'utf8') + readFileSync(file, 'utf8')).toBe('before\nafter\n')
    expect(readFileSync(file, 'utf8')).toBe('after\n')
  })

  it('keeps the old file when a new one cannot be opened', async () => {
    const file = inFolder()
    const { writer, troubles } = createWriter(file)
    renameSync(path.dirname(file), `${path.dirname(file)}.gone`)
    folders.push(`${path.dirname(file)}.gone`)
    writer.reopen()
    writer.write('kept\n')
    await writer.close()
    expect(troubles).toEqual([expect.stringContaining('ENOENT')])
    expect(readFileSync(path.join(`${path.dirname(file)}.gone`, 'access.log'), 'utf8')).toBe(
      'kept\n',
    )
    folders.shift()
  })

  it('counts what a full disk takes away, and tells it once', async () => {
    const { writer, troubles } = createWriter('/dev/full')
    for (const line of numbered(3000, 100)) writer.write(line)
    await writer.close()
    expect(writer.counts).toEqual({ taken: 3000, lost: 3000 })
    expect(troubles).toEqual([expect.stringContaining('ENOSPC')])
  })

  it('tells how many lines were lost once writing goes on', async () => {
    const file = inFolder()
    symlinkSync('/dev/full', file)
    const { writer, troubles, recoveries } = createWriter(file)
    writer.write('lost\n')
    while (writer.counts.lost === 0) await new Promise((resolve) => setImmediate(resolve))
    rmSync(file)
    writer.reopen()
    writer.write('kept\n')
    await writer.close()
    expect(readFileSync(file, 'utf8')).toBe('kept\n')
    expect(troubles).toHaveLength(1)
    expect(recoveries).toEqual([1])
  })

  it('counts what a closed pipe takes away', async () => {
    const pipe = inFolder()
    execFileSync('mkfifo', [pipe])
    const both = openSync(pipe, 'r+')
    const end = openSync(pipe, 'w')
    closeSync(both)
    const { writer, troubles } = createWriter(end)
    writer.write('lost\n')
    await writer.close()
    closeSync(end)
    expect(writer.counts).toEqual({ taken: 1, lost: 1 })
    expect(troubles).toEqual([expect.stringContaining('EPIPE')])
  })

  it('writes to a pipe no more than fits in whole, and ends behind a line', async () => {
    const pipe = inFolder()
    execFileSync('mkfifo', [pipe])
    const end = openSync(pipe, 'r+')
    const { writer } = createWriter(end, { maxWriteBytes: 4096 })
    const lines = numbered(500, 90)
    for (const line of lines) writer.write(line)
    await writer.close()
    const read = execFileSync('head', ['-c', String(lines.join('').length), pipe], {
      encoding: 'utf8',
    })
    closeSync(end)
    expect(read).toBe(lines.join(''))
  })

  it('loses lines instead of memory where nothing can be written for long', async () => {
    const pipe = inFolder()
    execFileSync('mkfifo', [pipe])
    // Nobody reads, and the end is not made to wait: the system answers EAGAIN.
    const end = openSync(pipe, 0o2 | 0o4000)
    const { writer, troubles } = createWriter(end)
    for (const line of numbered(2000, 10_000)) writer.write(line)
    expect(writer.counts.lost).toBeGreaterThan(1000)
    expect(troubles).toEqual(['what has to be written waits for too long'])
    await writer.close()
    closeSync(end)
    const inPipe = 64 * 1024
    expect(writer.counts.lost).toBeGreaterThanOrEqual(2000 - Math.ceil(inPipe / 10_001))
  })
})
