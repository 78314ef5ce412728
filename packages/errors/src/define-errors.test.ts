import { describe, expect, expectTypeOf, it } from 'vitest'
import { defineErrors, PosternError } from './index.ts'

const teaErrors = defineErrors('POSTERN_TEA', {
  CUP_EMPTY: () => 'the cup is empty',
  TOO_HOT: (degrees: number, limit: number) =>
    `tea of ${degrees} degrees is hotter than the limit of ${limit}`,
})

describe('defineErrors()', () => {
  it('makes an error whose code is the prefix and the name in the table', () => {
    expect(teaErrors.CUP_EMPTY().code).toBe('POSTERN_TEA_CUP_EMPTY')
  })

  it('writes the message from the details', () => {
    expect(teaErrors.TOO_HOT(90, 60).message).toBe(
      'tea of 90 degrees is hotter than the limit of 60',
    )
  })

  it('makes errors that are PosternError and Error', () => {
    expect(teaErrors.CUP_EMPTY()).toBeInstanceOf(PosternError)
    expect(teaErrors.CUP_EMPTY()).toBeInstanceOf(Error)
  })

  it('keeps what was caught as the cause', () => {
    const caught = new Error('socket closed')
    expect(teaErrors.CUP_EMPTY().causedBy(caught).cause).toBe(caught)
  })

  it('makes a new error at each call, so that stacks are true', () => {
    expect(teaErrors.CUP_EMPTY()).not.toBe(teaErrors.CUP_EMPTY())
  })

  it('types the details of each error after its message', () => {
    expectTypeOf(teaErrors.TOO_HOT).parameters.toEqualTypeOf<[degrees: number, limit: number]>()
    // @ts-expect-error: the limit is missing
    teaErrors.TOO_HOT(90)
  })
})
