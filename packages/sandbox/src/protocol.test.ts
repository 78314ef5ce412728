import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseReply } from './protocol.ts'

describe('parseReply()', () => {
  it.each([
    '{"k":"ready"}',
    '{"k":"began","i":1}',
    '{"k":"ok","i":1}',
    '{"k":"ok","i":1,"r":[200,null,{}],"e":null,"l":[["log","text"]]}',
    '{"k":"failed","i":1,"why":{"kind":"timeout"}}',
    '{"k":"failed","i":1,"why":{"kind":"threw","text":"Error: x","at":[1,2]}}',
    `{"k":"failed","i":1,"why":{"kind":"result","text":"${'x'.repeat(500)}"}}`,
  ])('takes %s', (line) => {
    expect(parseReply(line)).toEqual(JSON.parse(line))
  })

  it.each([
    '',
    'garbage',
    'null',
    '[]',
    '"ok"',
    '{}',
    '{"k":"ok"}',
    '{"k":"ok","i":"1"}',
    '{"k":"ok","i":1.5}',
    '{"k":"ok","i":1,"l":{}}',
    '{"k":"ok","i":1,"l":[["log",1]]}',
    '{"k":"ok","i":1,"l":[["a level too long","x"]]}',
    `{"k":"ok","i":1,"l":[["log","${'x'.repeat(1_001)}"]]}`,
    `{"k":"ok","i":1,"l":[${Array(21).fill('["log","x"]').join()}]}`,
    '{"k":"failed","i":1}',
    '{"k":"failed","i":1,"why":{"kind":"unheard of"}}',
    '{"k":"failed","i":1,"why":{"kind":"threw"}}',
    '{"k":"failed","i":1,"why":{"kind":"threw","text":"x","at":[1]}}',
    '{"k":"failed","i":1,"why":{"kind":"threw","text":"x","at":["1","2"]}}',
    `{"k":"failed","i":1,"why":{"kind":"result","text":"${'x'.repeat(501)}"}}`,
    '{"k":"__proto__","i":1}',
  ])('refuses %s', (line) => {
    expect(parseReply(line)).toBe(undefined)
  })

  it('never throws', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (line) => void parseReply(line)))
  })
})
