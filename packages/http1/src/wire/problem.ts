/** Why a message is not read any further. Its connection ends, because nobody knows where the next one begins. */
export class Problem {
  /** What a server answers: 400, 408, 413, 414, 431, 501 or 505. A client has no use for it. */
  readonly status: number
  /** For a log; says nothing that the other side has sent. */
  readonly problem: string

  constructor(status: number, problem: string) {
    this.status = status
    this.problem = problem
  }
}
