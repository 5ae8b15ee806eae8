/** What requests name a member by, and how it goes. */
export interface Membership {
  /** Empty until the group has given one. */
  readonly memberId: string
  /** Generation of the group, or the member's epoch (KIP-848); -1 for whoever is no member. */
  readonly generation: number
  /** Forgets the membership; who joins next is a new member. */
  reset(): void
  leave(reason: string, timeoutMs: number): Promise<void>
}

/** A member as it was when it read what the offsets say, for transactions that commit them (KIP-447). */
export interface GroupMetadata {
  readonly groupId: string
  readonly generationId: number
  readonly memberId: string
  readonly groupInstanceId: string | null
}
