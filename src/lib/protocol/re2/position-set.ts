/** Positions in a text, one bit each. */
export class PositionSet {
  private readonly words: Uint32Array
  constructor(private readonly size: number) {
    this.words = new Uint32Array(Math.ceil(size / 32))
  }

  get isEmpty(): boolean {
    return this.words.every((word) => word === 0)
  }

  has(position: number): boolean {
    return (this.words[position >> 5]! & (1 << (position & 31))) !== 0
  }

  add(position: number): void {
    this.words[position >> 5]! |= 1 << (position & 31)
  }

  addAll(other: PositionSet): void {
    for (let index = 0; index < this.words.length; index += 1) this.words[index]! |= other.words[index]!
  }

  without(other: PositionSet): PositionSet {
    const rest = new PositionSet(this.size)
    for (let index = 0; index < this.words.length; index += 1)
      rest.words[index] = this.words[index]! & ~other.words[index]!
    return rest
  }

  equals(other: PositionSet): boolean {
    return this.words.every((word, index) => word === other.words[index])
  }

  *[Symbol.iterator](): Generator<number> {
    for (let index = 0; index < this.words.length; index += 1) {
      for (let word = this.words[index]!; word !== 0; word &= word - 1) yield index * 32 + 31 - Math.clz32(word & -word)
    }
  }
}
