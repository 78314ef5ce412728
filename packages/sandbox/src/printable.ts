/**
 * Writes control characters, and line ends that only some programs know, as escapes.
 *
 * A function must not be able to forge lines of a log or to move the cursor of a terminal.
 */
export function printable(text: string): string {
  return text.replace(CONTROL, (found) => {
    return `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`
  })
}

const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g
