export { createPostFunctionPlugin } from './plugin.ts'
