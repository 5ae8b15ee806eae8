/** A place in a group, as far as requests name it. */
export interface Place {
  /** Empty until the group has given one. */
  readonly memberId: string
  /** Generation of the group, or the member's epoch (KIP-848); -1 without a place. */
  readonly generation: number
}

/** A member as it was when it read what the offsets say, for transactions that commit them (KIP-447). */
export interface GroupMetadata {
  readonly groupId: string
  readonly generationId: number
  readonly memberId: string
  readonly groupInstanceId: string | null
}
