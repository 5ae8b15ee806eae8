import type { ErrorName } from '../../../../protocol/errors.ts'
import type { Parked } from '../parked.ts'

/** A way of assigning partitions that a member speaks, and what it says about itself in it. */
export interface Protocol {
  readonly name: string
  readonly metadata: Buffer
}

/** The answer to JoinGroup, whatever its version. */
export interface JoinAnswer {
  readonly error: ErrorName
  readonly memberId: string
  readonly generationId?: number
  readonly protocolType?: string | null
  readonly protocolName?: string | null
  readonly leader?: string
  readonly skipAssignment?: boolean
  readonly members?: readonly JoinedMember[]
}

export interface JoinedMember {
  readonly memberId: string
  readonly groupInstanceId: string | null
  readonly metadata: Buffer
}

/** The answer to SyncGroup. */
export interface SyncAnswer {
  readonly error: ErrorName
  readonly protocolType?: string | null
  readonly protocolName?: string | null
  readonly assignment?: Buffer
}

export interface MemberIdentity {
  readonly memberId: string
  readonly groupInstanceId: string | null
  readonly clientId: string
  readonly clientHost: string
  readonly protocolType: string
}

export const NO_ASSIGNMENT: Buffer = Buffer.alloc(0)

/** A member of a classic group (ClassicGroupMember in Kafka). */
export class ClassicMember {
  readonly memberId: string
  readonly groupInstanceId: string | null
  readonly clientId: string
  readonly clientHost: string
  readonly protocolType: string
  assignment: Buffer = NO_ASSIGNMENT
  /** True until its first generation is complete: it does not know its id yet, so it cannot send heartbeats. */
  isNew = false
  private parkedJoin: Parked<JoinAnswer> | null = null
  private parkedSync: Parked<SyncAnswer> | null = null

  constructor(
    identity: MemberIdentity,
    public rebalanceTimeoutMs: number,
    public sessionTimeoutMs: number,
    public protocols: readonly Protocol[],
  ) {
    this.memberId = identity.memberId
    this.groupInstanceId = identity.groupInstanceId
    this.clientId = identity.clientId
    this.clientHost = identity.clientHost
    this.protocolType = identity.protocolType
  }

  get awaitingJoin(): Parked<JoinAnswer> | null {
    return this.parkedJoin
  }

  /** Only its group sets this, for the group counts the members that wait. */
  setAwaitingJoin(parked: Parked<JoinAnswer> | null): void {
    this.parkedJoin = parked
  }

  get awaitingSync(): Parked<SyncAnswer> | null {
    return this.parkedSync
  }

  /** One parked before is told to ask again, which its client did. */
  parkSync(parked: Parked<SyncAnswer>): void {
    this.answerSync({ error: 'REBALANCE_IN_PROGRESS' })
    this.parkedSync = parked
  }

  /** A member whose request is parked cannot send heartbeats and need not. */
  get hasSatisfiedHeartbeat(): boolean {
    return !this.isNew && (this.awaitingJoin !== null || this.awaitingSync !== null)
  }

  metadata(protocolName: string | null): Buffer {
    const protocol = this.protocols.find(({ name }) => name === protocolName)
    if (!protocol) throw new TypeError(`member ${this.memberId} does not support protocol ${protocolName}`)
    return protocol.metadata
  }

  matches(protocols: readonly Protocol[]): boolean {
    return (
      protocols.length === this.protocols.length &&
      protocols.every(
        ({ name, metadata }, index) =>
          name === this.protocols[index]!.name && metadata.equals(this.protocols[index]!.metadata),
      )
    )
  }

  /** False when no request waits for an answer. */
  answerSync(answer: SyncAnswer): boolean {
    const parked = this.parkedSync
    this.parkedSync = null
    parked?.answer(answer)
    return parked !== null
  }
}
