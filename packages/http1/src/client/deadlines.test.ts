import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Deadlines, NEVER, nowMs, type Waiting } from './deadlines.ts'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

class Waiter implements Waiting {
  readDeadlineMs: number = NEVER
  writeDeadlineMs: number = NEVER
  readonly ended: number[] = []

  onDeadline(now: number): void {
    this.ended.push(now)
    this.readDeadlineMs = NEVER
    this.writeDeadlineMs = NEVER
  }
}

function waiting(count: number): { deadlines: Deadlines; waiters: Waiter[] } {
  const waiters = Array.from({ length: count }, () => new Waiter())
  return { deadlines: new Deadlines(waiters), waiters }
}

describe('Deadlines', () => {
  it.each([1, 50, 1000, 60_000])('ends what has waited for %d ms, not earlier', (ms) => {
    const { deadlines, waiters } = waiting(1)
    const [waiter] = waiters as [Waiter]
    const start = nowMs()
    waiter.readDeadlineMs = start + ms
    deadlines.expect(waiter.readDeadlineMs)
    vi.advanceTimersByTime(ms - 1)
    expect(waiter.ended).toEqual([])
    vi.advanceTimersByTime(21)
    expect(waiter.ended).toHaveLength(1)
    expect((waiter.ended[0] as number) - start).toBeGreaterThanOrEqual(ms)
  })

  it('has one timer for all, and none when nothing waits', () => {
    const { deadlines, waiters } = waiting(100)
    waiters.forEach((waiter, i) => {
      waiter.writeDeadlineMs = nowMs() + 1000 + i
      deadlines.expect(waiter.writeDeadlineMs)
    })
    expect(vi.getTimerCount()).toBe(1)
    vi.advanceTimersByTime(2000)
    expect(waiters.every(({ ended }) => ended.length === 1)).toBe(true)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('follows a deadline that was moved without being told', () => {
    const { deadlines, waiters } = waiting(1)
    const [waiter] = waiters as [Waiter]
    waiter.readDeadlineMs = nowMs() + 1000
    deadlines.expect(waiter.readDeadlineMs)
    vi.advanceTimersByTime(900)
    waiter.readDeadlineMs = nowMs() + 1000
    vi.advanceTimersByTime(999)
    expect(waiter.ended).toEqual([])
    vi.advanceTimersByTime(22)
    expect(waiter.ended).toHaveLength(1)
  })

  it('is told of a nearer deadline and keeps the further one', () => {
    const { deadlines, waiters } = waiting(2)
    const [slow, fast] = waiters as [Waiter, Waiter]
    slow.readDeadlineMs = nowMs() + 60_000
    deadlines.expect(slow.readDeadlineMs)
    fast.readDeadlineMs = nowMs() + 100
    deadlines.expect(fast.readDeadlineMs)
    vi.advanceTimersByTime(130)
    expect([slow.ended.length, fast.ended.length]).toEqual([0, 1])
    vi.advanceTimersByTime(60_000)
    expect(slow.ended).toHaveLength(1)
  })

  it('looks only after what has arrived was read', () => {
    const { deadlines, waiters } = waiting(1)
    const [waiter] = waiters as [Waiter]
    waiter.readDeadlineMs = nowMs() + 10
    deadlines.expect(waiter.readDeadlineMs)
    // What a read does that comes in the turn in which the timer fires.
    setTimeout(() => {
      waiter.readDeadlineMs = nowMs() + 1000
    }, 10)
    vi.advanceTimersByTime(500)
    expect(waiter.ended).toEqual([])
  })

  it('ends nothing after it was stopped', () => {
    const { deadlines, waiters } = waiting(1)
    const [waiter] = waiters as [Waiter]
    waiter.readDeadlineMs = nowMs() + 10
    deadlines.expect(waiter.readDeadlineMs)
    deadlines.stop()
    vi.advanceTimersByTime(1000)
    expect(waiter.ended).toEqual([])
  })
})
