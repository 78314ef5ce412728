import { describe, expect, it } from 'vitest'
import { checkResponseHead } from './check-response-head.ts'

const KIB_64 = 64 * 1024

describe('checkResponseHead()', () => {
  it.each([
    { what: 'no header', headers: [], is: 'sent' },
    { what: '64 KiB', headers: ['X-A', 'v'.repeat(KIB_64 - 3)], is: 'sent' },
    { what: 'a byte more', headers: ['X-A', 'v'.repeat(KIB_64 - 2)], is: 'refused' },
    { what: '2,000 lines', headers: Array<string>(4000).fill('v'), is: 'sent' },
    { what: '2,001 lines', headers: Array<string>(4002).fill('v'), is: 'refused' },
  ])('lets $what be $is', ({ headers, is }) => {
    const check = () => checkResponseHead(headers)
    if (is === 'sent') expect(check).not.toThrow()
    else expect(check).toThrow('more than 2000 lines or 65536 bytes')
  })
})
