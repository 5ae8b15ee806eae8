const REMEMBERED = 8

/** Where readers of a segment have come to: who reads on in order needs neither index nor scan. */
export class ReadPositions {
  private readonly positions = new Map<bigint, number>()

  get(offset: bigint): number | undefined {
    return this.positions.get(offset)
  }

  /** Keeps the position of an offset, and forgets the oldest of more than a few. */
  remember(offset: bigint, position: number): void {
    this.positions.delete(offset)
    this.positions.set(offset, position)
    if (this.positions.size > REMEMBERED) this.positions.delete(this.positions.keys().next().value!)
  }
}
