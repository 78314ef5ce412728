// Runs in a process of its own, to be killed: writes pairs of rows and tells each one acknowledged.
import { writeSync } from 'node:fs'
import { createSqliteStore } from '../src/index.ts'
import { idOf, teaEntities } from './tea-entities.ts'

const store = createSqliteStore({ entities: teaEntities, file: process.argv[2] as string })
const { revision } = await store.readAll()
// Rows of several pages, so that a torn transaction would show.
const filling = 'leaf '.repeat(4000)

for (let number = revision + 1; ; number++) {
  await store.write(async (tx) => {
    await tx.insert('houses', { id: idOf(number), name: `house ${number}`, filling })
    await tx.insert('pots', { id: idOf(number), house: { id: idOf(number) }, filling })
  })
  writeSync(1, `${number}\n`)
}
