import { describe, expect, it } from 'vitest'
import { checkName } from './index.ts'

describe('checkName()', () => {
  it.each([
    ['my-plugin', 'my-plugin'],
    ['@scope/my-plugin', 'my-plugin'],
    ['a', 'a'],
    ['a.b_c-9', 'a.b_c-9'],
    ['9lives', '9lives'],
    ['a'.repeat(214), 'a'.repeat(214)],
  ])('takes %s, whose plugin is %s', (name, plugin) => {
    expect(checkName(name)).toEqual({ package: name, plugin })
  })

  it.each([
    ['', 'it is empty'],
    ['a'.repeat(215), 'at most 214 characters'],
    [' a', 'a space'],
    ['a ', 'a space'],
    ['My-Plugin', 'capitals'],
    ['a/b', 'a slash stands only'],
    ['@a/b/c', 'a slash stands only'],
    ['@a/', 'a slash stands only'],
    ['@/a', 'a slash stands only'],
    ['../a', 'a slash stands only'],
    ['a/../b', 'a slash stands only'],
    ['@a/..', 'a dot'],
    ['@../a', 'a dot'],
    ['..', 'a dot'],
    ['.a', 'a dot'],
    ['_a', 'an underscore'],
    ['-rf', 'a hyphen'],
    ['@_a/b', 'an underscore'],
    ['@a', 'a slash stands only'],
    ['a@1', 'a slash stands only'],
    ['a b', 'only a to z'],
    ['a\\b', 'only a to z'],
    ['a\nb', 'only a to z'],
    ['a"b', 'only a to z'],
    ["it's", 'only a to z'],
    ['größe', 'only a to z'],
    ['a%2fb', 'only a to z'],
    ['{{plugin}}', 'only a to z'],
    ['node_modules', 'taken'],
    ['http', 'taken'],
    ['@scope/fs', 'taken'],
  ])('refuses %j', (name, problem) => {
    expect(() => checkName(name)).toThrow(problem)
  })
})
