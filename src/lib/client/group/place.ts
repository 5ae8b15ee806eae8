/** A place in a group, as far as requests name it. */
export interface Place {
  /** Empty until the group has given one. */
  readonly memberId: string
  /** Generation of the group, or the member's epoch (KIP-848); -1 without a place. */
  readonly generation: number
}
