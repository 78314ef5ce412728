import { defineExitTests } from 'postern/exit-test'

// @ts-expect-error A row has another name for it.
export const wrong = defineExitTests({ functions: [], rows: [{ titel: 'a row' }] })

export default defineExitTests({
  functions: ['./errors.mts'],
  rows: [
    {
      title: 'a missing key is asked for',
      exit: { reason: 'key-auth.no_key' },
      answer: { body: { error: 'Who are you?' } },
    },
  ],
})
