/** Why a source is refused, and where. Lines and columns count from 1, as editors show them. */
export interface SourceProblem {
  readonly message: string
  readonly line: number
  readonly column: number
  /** The name of the module, where that is not listed. */
  readonly unlisted?: string
}

/** Thrown inside the package while a source is read; its public face is POSTERN_SANDBOX_SYNTAX. */
export class SourceRefused extends Error {
  readonly problem: SourceProblem
  /** It was read as TypeScript and cannot have been meant as anything else. */
  readonly isTypeScript: boolean

  constructor(
    problem: SourceProblem,
    { isTypeScript = false }: { readonly isTypeScript?: boolean } = {},
  ) {
    super(problem.message)
    this.problem = problem
    this.isTypeScript = isTypeScript
  }
}

/** Refuses the source at an offset in it. */
export function refuseAt(
  source: string,
  offset: number,
  message: string,
  facts: Pick<SourceProblem, 'unlisted'> = {},
): never {
  throw new SourceRefused({ ...problemAt(source, offset, message), ...facts })
}

export function problemAt(source: string, offset: number, message: string): SourceProblem {
  const before = source.slice(0, offset)
  const lineStart = before.lastIndexOf('\n') + 1
  return { message, line: before.split('\n').length, column: offset - lineStart + 1 }
}
