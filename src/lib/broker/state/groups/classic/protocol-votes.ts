import type { ClassicMember, Protocol } from './member.ts'

/** Which protocols every member of a group supports, and which one they choose. */
export class ProtocolVotes {
  private readonly supporters = new Map<string, number>()

  add(protocols: readonly Protocol[]): void {
    this.count(protocols, 1)
  }

  remove(protocols: readonly Protocol[]): void {
    this.count(protocols, -1)
  }

  isCommonTo(memberCount: number, name: string): boolean {
    return (this.supporters.get(name) ?? 0) === memberCount
  }

  /**
   * Each member votes for the first protocol of its list that all support; most votes win, the earlier vote on a tie.
   */
  select(members: Iterable<ClassicMember>, memberCount: number): string {
    const votes = new Map<string, number>()
    for (const member of members) {
      const choice = member.protocols.find(({ name }) => this.isCommonTo(memberCount, name))
      if (!choice) throw new TypeError(`member ${member.memberId} supports no protocol of its group`)
      votes.set(choice.name, (votes.get(choice.name) ?? 0) + 1)
    }
    return [...votes].reduce((best, vote) => (vote[1] > best[1] ? vote : best))[0]
  }

  private count(protocols: readonly Protocol[], change: number): void {
    for (const name of new Set(protocols.map((protocol) => protocol.name))) {
      this.supporters.set(name, (this.supporters.get(name) ?? 0) + change)
    }
  }
}
