import { describe, expect, it } from 'vitest'
import { parseUrlencoded } from './parse-urlencoded.ts'

const bytesOf = (text: string) => Buffer.from(text, 'utf8')

describe('parseUrlencoded()', () => {
  it.each([
    {
      form: 'a=1&b=2',
      pairs: [
        ['a', '1'],
        ['b', '2'],
      ],
    },
    { form: 'a=', pairs: [['a', '']] },
    { form: 'a', pairs: [['a', true]] },
    { form: 'a=b=c', pairs: [['a', 'b=c']] },
    {
      form: 'a=1&&b=2&',
      pairs: [
        ['a', '1'],
        ['b', '2'],
      ],
    },
    { form: '=1&a=2', pairs: [['a', '2']] },
    { form: 'a=x+y%2Bz', pairs: [['a', 'x y+z']] },
    { form: 'a%5B%5D=1', pairs: [['a[]', '1']] },
    { form: 'a=%C3%A9', pairs: [['a', 'é']] },
    { form: 'a=é', pairs: [['a', 'é']] },
    {
      form: 'a=100%&b=%zz',
      pairs: [
        ['a', '100%'],
        ['b', '%zz'],
      ],
    },
    { form: 'a=%00', pairs: [['a', '\0']] },
    { form: 'a=%EF%BB%BFx', pairs: [['a', '\ufeffx']] },
    { form: '', pairs: [] },
  ])('reads $form', ({ form, pairs }) => {
    expect(parseUrlencoded(bytesOf(form))).toEqual(pairs)
  })

  it.each(['a=%ff', 'a=%c3', '%ff=1', 'a=%ed%a0%80'])('refuses %s, which is not UTF-8', (form) => {
    expect(() => parseUrlencoded(bytesOf(form))).toThrow('Cannot parse form body')
  })
})
