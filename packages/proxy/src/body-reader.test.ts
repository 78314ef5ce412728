import { Readable } from 'node:stream'
import { describe, expect, it, vi } from 'vitest'
import { BodyReader } from './body-reader.ts'

function readerOf(source: Readable | AsyncIterable<Uint8Array>) {
  const watch = { writeTimeoutMs: 1000, onStalled: vi.fn(), onFailed: vi.fn() }
  return { reader: new BodyReader(source, watch), ...watch }
}

async function* pieces(count: number): AsyncGenerator<Uint8Array> {
  for (let i = 0; i < count; i++) yield Buffer.from([i])
}

describe('BodyReader', () => {
  it('gives the pieces in order', async () => {
    const { reader } = readerOf(pieces(3))
    const read: number[] = []
    for await (const chunk of reader) read.push(...chunk)
    expect(read).toEqual([0, 1, 2])
  })

  it('reads nothing before it is asked', () => {
    const source = Readable.from([Buffer.from('x')])
    readerOf(source)
    expect(source.readableDidRead).toBe(false)
  })

  it('tells when nobody has asked for the next piece in time, and only then', async () => {
    vi.useFakeTimers()
    try {
      const { reader, onStalled } = readerOf(pieces(3))
      await reader.next()
      vi.advanceTimersByTime(999)
      await reader.next()
      vi.advanceTimersByTime(999)
      expect(onStalled).not.toHaveBeenCalled()
      vi.advanceTimersByTime(1)
      expect(onStalled).toHaveBeenCalledOnce()
      reader.stop()
    } finally {
      vi.useRealTimers()
    }
  })

  it('ends for the one who waits when it is stopped, and leaves a stream as it is', async () => {
    const source = new Readable({ read: () => undefined })
    const { reader, onFailed } = readerOf(source)
    const pending = reader.next()
    reader.stop()
    expect(await pending).toMatchObject({ done: true })
    expect(await reader.next()).toMatchObject({ done: true })
    expect(source.destroyed).toBe(false)
    expect(onFailed).not.toHaveBeenCalled()
  })

  it('tells of a source that fails, but not once it is stopped', async () => {
    const failing = (): Readable => new Readable({ read: () => undefined })
    const [heard, unheard] = [failing(), failing()]
    const first = readerOf(heard)
    const second = readerOf(unheard)
    void first.reader.next()
    void second.reader.next()
    second.reader.stop()
    heard.destroy(new Error('gone'))
    unheard.destroy(new Error('gone'))
    await vi.waitFor(() => expect(first.onFailed).toHaveBeenCalledOnce())
    expect(second.onFailed).not.toHaveBeenCalled()
  })
})
