// Errors for operators and authors of plugins: a code that never changes, a message, a page.
export { defineErrors, type ErrorTable, type PosternErrors } from './define-errors.ts'
export { PosternError } from './postern-error.ts'
