import { KafkaError } from '../../../../errors.ts'
import { CONSUMER_PROTOCOL_TYPE, readSubscribedTopics } from '../../../../protocol/consumer-protocol.ts'
import type { Parked } from '../parked.ts'
import { tombstone, type GroupRecord } from '../records.ts'
import { ClassicMember, type JoinAnswer, type JoinedMember, type Protocol } from './member.ts'
import { ProtocolVotes } from './protocol-votes.ts'

export type ClassicState = 'Empty' | 'PreparingRebalance' | 'CompletingRebalance' | 'Stable' | 'Dead'

/** From which states a state may be entered (ClassicGroupState in Kafka). */
const PREVIOUS: Record<ClassicState, readonly ClassicState[]> = {
  Empty: ['PreparingRebalance'],
  PreparingRebalance: ['Stable', 'CompletingRebalance', 'Empty'],
  CompletingRebalance: ['PreparingRebalance'],
  Stable: ['CompletingRebalance'],
  Dead: ['Stable', 'PreparingRebalance', 'CompletingRebalance', 'Empty', 'Dead'],
}

export interface ClassicGroupState {
  readonly state: ClassicState
  /** When the group came into its state, in milliseconds since the epoch; null when an old record does not tell. */
  readonly stateTimestamp: number | null
  readonly generationId?: number
  readonly protocolType?: string | null
  readonly protocolName?: string | null
  readonly leaderId?: string | null
}

/**
 * A group of the classic protocol: who is in it, in which generation, and how far a rebalance has come (ClassicGroup in
 * Kafka).
 */
export class ClassicGroup {
  readonly type = 'classic'
  readonly members = new Map<string, ClassicMember>()
  /** Members that have been given an id and have not come back with it. */
  readonly pendingJoin = new Set<string>()
  /** Members of the generation that have not asked for their assignment. */
  readonly pendingSync = new Set<string>()
  /** True when somebody joined during the initial delay, which is then prolonged. */
  newMemberAdded = false
  previousState: ClassicState = 'Dead'
  generationId: number
  protocolType: string | null
  protocolName: string | null
  leaderId: string | null
  /** Null when nothing is known of the topics: the group does not speak the consumer protocol, or garbles it. */
  subscribedTopics: ReadonlySet<string> | null = null
  private currentState: ClassicState
  private currentStateTimestamp: number | null
  private readonly staticMembers = new Map<string, string>()
  private readonly votes = new ProtocolVotes()
  private awaitingJoinCount = 0

  constructor(
    readonly groupId: string,
    initial: ClassicGroupState,
  ) {
    this.currentState = initial.state
    this.currentStateTimestamp = initial.stateTimestamp
    this.generationId = initial.generationId ?? 0
    this.protocolType = initial.protocolType ?? null
    this.protocolName = initial.protocolName ?? null
    this.leaderId = initial.leaderId ?? null
  }

  get state(): ClassicState {
    return this.currentState
  }

  get stateTimestamp(): number | null {
    return this.currentStateTimestamp
  }

  get isEmpty(): boolean {
    return this.state === 'Empty'
  }

  /** Made to hold offsets only: no record of its own stands behind it. */
  get isSimple(): boolean {
    return this.protocolType === null && this.isEmpty && this.pendingJoin.size === 0
  }

  get usesConsumerProtocol(): boolean {
    return this.protocolType === CONSUMER_PROTOCOL_TYPE
  }

  isIn(...states: readonly ClassicState[]): boolean {
    return states.includes(this.state)
  }

  transitionTo(state: ClassicState, now: number): void {
    if (!PREVIOUS[state].includes(this.state))
      throw new TypeError(`group ${this.groupId} cannot go from ${this.state} to ${state}`)
    this.previousState = this.state
    this.currentState = state
    this.currentStateTimestamp = now
  }

  get canRebalance(): boolean {
    return PREVIOUS.PreparingRebalance.includes(this.state)
  }

  get allMembersJoined(): boolean {
    return this.members.size === this.awaitingJoinCount && this.pendingJoin.size === 0
  }

  get awaitingJoin(): number {
    return this.awaitingJoinCount
  }

  /** The longest of its members'. */
  get rebalanceTimeoutMs(): number {
    let longest = 0
    for (const member of this.members.values()) longest = Math.max(longest, member.rebalanceTimeoutMs)
    return longest
  }

  staticMemberId(groupInstanceId: string): string | undefined {
    return this.staticMembers.get(groupInstanceId)
  }

  isLeader(memberId: string): boolean {
    return this.leaderId === memberId
  }

  /** Throws KafkaError UNKNOWN_MEMBER_ID or FENCED_INSTANCE_ID. */
  requireMember(memberId: string, groupInstanceId: string | null): ClassicMember {
    if (groupInstanceId !== null) {
      const owner = this.staticMembers.get(groupInstanceId)
      if (owner === undefined) throw new KafkaError('UNKNOWN_MEMBER_ID')
      if (owner !== memberId) throw new KafkaError('FENCED_INSTANCE_ID')
    }
    const member = this.members.get(memberId)
    if (!member) throw new KafkaError('UNKNOWN_MEMBER_ID')
    return member
  }

  supportsProtocols(protocolType: string, protocols: readonly Protocol[]): boolean {
    if (this.isEmpty) return protocolType !== '' && protocols.length > 0
    return (
      this.protocolType === protocolType && protocols.some(({ name }) => this.votes.isCommonTo(this.members.size, name))
    )
  }

  selectProtocol(): string {
    return this.votes.select(this.members.values(), this.members.size)
  }

  add(member: ClassicMember, parked: Parked<JoinAnswer> | null = null): void {
    if (this.members.size === 0) this.protocolType = member.protocolType
    this.leaderId ??= member.memberId
    this.members.set(member.memberId, member)
    if (member.groupInstanceId !== null) this.staticMembers.set(member.groupInstanceId, member.memberId)
    this.votes.add(member.protocols)
    if (parked) this.park(member, parked)
    this.pendingJoin.delete(member.memberId)
  }

  update(
    member: ClassicMember,
    protocols: readonly Protocol[],
    rebalanceTimeoutMs: number,
    sessionTimeoutMs: number,
  ): void {
    this.votes.remove(member.protocols)
    member.protocols = protocols
    this.votes.add(protocols)
    member.rebalanceTimeoutMs = rebalanceTimeoutMs
    member.sessionTimeoutMs = sessionTimeoutMs
  }

  /**
   * Takes a member out. Requests of its that are parked are told that it is unknown, so that a live client joins anew.
   */
  remove(memberId: string): void {
    const member = this.members.get(memberId)
    if (member) {
      this.members.delete(memberId)
      this.votes.remove(member.protocols)
      this.answerJoin(member, { error: 'UNKNOWN_MEMBER_ID', memberId: '' })
      member.answerSync({ error: 'UNKNOWN_MEMBER_ID' })
      if (member.groupInstanceId !== null) this.staticMembers.delete(member.groupInstanceId)
    }
    if (this.isLeader(memberId)) this.leaderId = this.members.keys().next().value ?? null
    this.pendingJoin.delete(memberId)
    this.pendingSync.delete(memberId)
  }

  /** Gives a static member's place to whoever came with its instance id; requests of the one before are fenced. */
  replaceStatic(groupInstanceId: string, newMemberId: string): ClassicMember {
    const old = this.members.get(this.staticMembers.get(groupInstanceId)!)!
    this.answerJoin(old, { error: 'FENCED_INSTANCE_ID', memberId: old.memberId })
    old.answerSync({ error: 'FENCED_INSTANCE_ID' })
    const replacement = new ClassicMember(
      { ...identityOf(old), memberId: newMemberId },
      old.rebalanceTimeoutMs,
      old.sessionTimeoutMs,
      old.protocols,
    )
    replacement.assignment = old.assignment
    this.members.delete(old.memberId)
    this.members.set(newMemberId, replacement)
    this.pendingSync.delete(old.memberId)
    if (this.isLeader(old.memberId)) this.leaderId = newMemberId
    this.staticMembers.set(groupInstanceId, newMemberId)
    return replacement
  }

  /** Parks a join until the generation is complete. One parked before is told to ask again, which its client did. */
  park(member: ClassicMember, parked: Parked<JoinAnswer> | null): void {
    this.answerJoin(member, { error: 'REBALANCE_IN_PROGRESS', memberId: member.memberId })
    if (parked) this.awaitingJoinCount += 1
    member.setAwaitingJoin(parked)
  }

  answerJoin(member: ClassicMember, answer: JoinAnswer): void {
    const parked = member.awaitingJoin
    if (!parked) return
    this.awaitingJoinCount -= 1
    member.setAwaitingJoin(null)
    parked.answer(answer)
  }

  /** Makes sure that the leader is one of those who have joined; false when nobody has. */
  electJoinedLeader(): boolean {
    if (this.leaderId === null) return false
    if (this.members.get(this.leaderId)?.awaitingJoin) return true
    for (const member of this.members.values()) {
      if (!member.awaitingJoin) continue
      this.leaderId = member.memberId
      return true
    }
    return false
  }

  startGeneration(now: number): void {
    // Beyond what an int32 holds, generations begin anew rather than turn negative.
    this.generationId = this.generationId === 0x7fff_ffff ? 1 : this.generationId + 1
    this.protocolName = this.members.size > 0 ? this.selectProtocol() : null
    this.refreshSubscribedTopics()
    this.transitionTo(this.members.size > 0 ? 'CompletingRebalance' : 'Empty', now)
    this.pendingSync.clear()
  }

  refreshSubscribedTopics(): void {
    this.subscribedTopics = this.usesConsumerProtocol ? this.readTopics() : null
  }

  isSubscribedTo(topic: string): boolean {
    return this.subscribedTopics ? this.subscribedTopics.has(topic) : this.usesConsumerProtocol
  }

  /** What erases the group from the log; its offsets are apart. */
  tombstones(): GroupRecord[] {
    return [tombstone('GroupMetadata', { group: this.groupId })]
  }

  /** What the leader assigns partitions by. */
  joinedMembers(): JoinedMember[] {
    return [...this.members.values()].map((member) => ({
      memberId: member.memberId,
      groupInstanceId: member.groupInstanceId,
      metadata: member.metadata(this.protocolName),
    }))
  }

  private readTopics(): ReadonlySet<string> | null {
    if (this.members.size > 0 && this.protocolName === null) return null
    const topics = new Set<string>()
    for (const member of this.members.values()) {
      const subscribed = readSubscribedTopics(member.metadata(this.protocolName))
      if (!subscribed) return null
      for (const topic of subscribed) topics.add(topic)
    }
    return topics
  }
}

function identityOf({ memberId, groupInstanceId, clientId, clientHost, protocolType }: ClassicMember) {
  return { memberId, groupInstanceId, clientId, clientHost, protocolType }
}
