/** Random numbers for one chunk: xorshift on two words. Good for dice, not for secrets. */
export class RandomSource {
  #a: number
  #b = 0x9e3779b9

  constructor(seed: number) {
    this.#a = seed | 0 || 1
  }

  seed(value: number): void {
    this.#a = value | 0 || 1
    this.#b = 0x9e3779b9
    for (let i = 0; i < 8; i++) this.next()
  }

  /** From 0 up to but not including 1. */
  next(): number {
    return (this.#step() >>> 5) * 2 ** -27 + (this.#step() >>> 6) * 2 ** -53
  }

  #step(): number {
    let t = this.#a
    const s = this.#b
    this.#a = s
    t ^= t << 23
    t ^= t >>> 17
    t ^= s ^ (s >>> 26)
    this.#b = t | 0
    return Math.imul((t + s) | 0, 0x2545f491) ^ ((t + s) >>> 15)
  }
}
