export { http1Errors } from './errors.ts'
