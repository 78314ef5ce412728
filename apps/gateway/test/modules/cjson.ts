/** What `cjson` is in Lua, for functions in JavaScript. */
export const encode = (value: unknown): string => JSON.stringify(value)

export const decode = (text: string): unknown => JSON.parse(text)
