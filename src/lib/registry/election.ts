import { Coordinator } from '../client/coordinator.ts'
import type { KafkaClient } from '../client/types.ts'
import type { Clock, Timer } from '../clock.ts'
import { EnvironmentError, KafkaError } from '../errors.ts'
import { Heartbeat } from '../protocol/apis/heartbeat.ts'
import { JoinGroup, type JoinGroupResponse } from '../protocol/apis/join-group.ts'
import { LeaveGroup } from '../protocol/apis/leave-group.ts'
import { SyncGroup } from '../protocol/apis/sync-group.ts'
import { errorName } from '../protocol/errors.ts'

/** How others reach a registry. */
export interface Identity {
  readonly host: string
  readonly port: number
  readonly scheme: 'http' | 'https'
}

export type Leader = { readonly isSelf: true } | { readonly isSelf: false; readonly url: string }

export interface ElectionOptions {
  readonly client: KafkaClient
  readonly groupId: string
  readonly identity: Identity
  /** False for one that never writes. */
  readonly mayLead: boolean
  readonly clock: Clock
  /** Done before this registry counts as the leader. */
  prepare(): Promise<void>
  warn(line: string): void
}

const PROTOCOL_TYPE = 'sr'
const PROTOCOL_NAME = 'v0'
const VERSION = 1
const SESSION_TIMEOUT_MS = 10_000
const REBALANCE_TIMEOUT_MS = 30_000
const HEARTBEAT_MS = 3000
const RETRY_MS = 500
const LANE = 'registry-election'

/** What Confluent's registries and Karapace tell the group of themselves. */
interface MemberWords {
  readonly host: string
  readonly port: number
  readonly scheme?: string
  readonly master_eligibility?: boolean
}

interface Verdict {
  readonly error?: number
  readonly master?: string | null
  readonly master_identity?: MemberWords | null
}

/**
 * Which registry of a cluster may write its topic: the one that the classic group of protocol type `sr` chooses, as
 * Confluent's registries and Karapace do it, so that all of them share one election.
 */
export class Election {
  /** Undefined while nobody is chosen. */
  leader: Leader | undefined
  private readonly coordinator: Coordinator
  private memberId = ''
  private generation = -1
  /** What the group has chosen. */
  private chosen: Leader | undefined
  /** The registry that was followed last. */
  private followed: string | undefined
  private isClosed = false
  private told = ''
  private readonly waiting = new Set<() => void>()
  private readonly running: Promise<void>
  private pauseOver: (() => void) | undefined

  constructor(private readonly options: ElectionOptions) {
    this.coordinator = new Coordinator(options.client, options.groupId, 'group')
    this.running = this.run()
  }

  /** The leader, as soon as there is one; undefined if there is none by then. */
  async settled(timeoutMs: number): Promise<Leader | undefined> {
    const { clock } = this.options
    const deadline = clock.now() + timeoutMs
    while (!this.leader && !this.isClosed && clock.now() < deadline) {
      await new Promise<void>((resolve) => {
        const done = (): void => {
          timer.cancel()
          this.waiting.delete(done)
          resolve()
        }
        const timer: Timer = clock.after(deadline - clock.now(), done)
        this.waiting.add(done)
      })
    }
    return this.leader
  }

  /** Asks the group at once whether what it has chosen still holds. */
  doubt(): void {
    this.lead(undefined)
    this.pauseOver?.()
  }

  /** Leaves, so that another one is chosen at once. */
  async close(): Promise<void> {
    this.isClosed = true
    this.lead(undefined)
    this.pauseOver?.()
    await this.leave()
    await this.running
  }

  private async run(): Promise<void> {
    while (!this.isClosed) {
      try {
        await this.elect()
        await this.stay()
      } catch (error) {
        if (this.isClosed) return
        this.lead(undefined)
        this.meet(error)
        await this.pause(RETRY_MS)
      }
    }
  }

  private async elect(): Promise<void> {
    const joined = await this.join()
    const verdict = await this.sync(joined)
    if (this.isClosed) return
    this.told = ''
    if (verdict.error) throw new EnvironmentError('two registries have told the group the same host and port')
    const { master, master_identity: identity } = verdict
    if (master === this.memberId) {
      await this.options.prepare()
      this.lead((this.chosen = { isSelf: true }))
    } else if (identity) this.lead((this.chosen = { isSelf: false, url: urlOf(identity) }))
    else throw new EnvironmentError('no registry of the group may become the leader')
  }

  private async join(): Promise<JoinGroupResponse> {
    const { groupId, identity, mayLead } = this.options
    const words: MemberWords & { version: number } = { version: VERSION, ...identity, master_eligibility: mayLead }
    const response = await this.coordinator.send(
      JoinGroup,
      {
        groupId,
        sessionTimeoutMs: SESSION_TIMEOUT_MS,
        rebalanceTimeoutMs: REBALANCE_TIMEOUT_MS,
        memberId: this.memberId,
        groupInstanceId: null,
        protocolType: PROTOCOL_TYPE,
        protocols: [{ name: PROTOCOL_NAME, metadata: Buffer.from(JSON.stringify(words)) }],
        reason: null,
      },
      { lane: LANE, timeoutMs: REBALANCE_TIMEOUT_MS + SESSION_TIMEOUT_MS },
    )
    // KIP-394: a new member is given its id first, and joins with it.
    if (errorName(response.errorCode) === 'MEMBER_ID_REQUIRED') {
      this.memberId = response.memberId
      return this.join()
    }
    this.check(response.errorCode)
    this.memberId = response.memberId
    this.generation = response.generationId
    return response
  }

  private async sync({ leader, members }: JoinGroupResponse): Promise<Verdict> {
    const verdict = leader === this.memberId ? Buffer.from(JSON.stringify(choose(members))) : undefined
    const response = await this.coordinator.send(
      SyncGroup,
      {
        groupId: this.options.groupId,
        generationId: this.generation,
        memberId: this.memberId,
        groupInstanceId: null,
        protocolType: PROTOCOL_TYPE,
        protocolName: PROTOCOL_NAME,
        assignments: verdict ? members.map(({ memberId }) => ({ memberId, assignment: verdict })) : [],
      },
      { lane: LANE, timeoutMs: REBALANCE_TIMEOUT_MS },
    )
    this.check(response.errorCode)
    return parseWords<Verdict>(response.assignment) ?? {}
  }

  /** Until the group chooses anew; throws why. */
  private async stay(): Promise<void> {
    const { groupId } = this.options
    while (!this.isClosed) {
      await this.pause(HEARTBEAT_MS)
      if (this.isClosed) return
      const { errorCode } = await this.coordinator.send(
        Heartbeat,
        { groupId, generationId: this.generation, memberId: this.memberId, groupInstanceId: null },
        { lane: LANE, timeoutMs: SESSION_TIMEOUT_MS - HEARTBEAT_MS },
      )
      this.check(errorCode)
      if (!this.leader) this.lead(this.chosen)
    }
  }

  private async leave(): Promise<void> {
    const { groupId } = this.options
    const { memberId } = this
    if (memberId === '') return
    try {
      const isBatched = (await this.coordinator.version(LeaveGroup)) >= 3
      const members = [{ memberId, groupInstanceId: null, reason: null }]
      await this.coordinator.send(LeaveGroup, isBatched ? { groupId, members } : { groupId, memberId }, {
        lane: `${LANE}-leave`,
        timeoutMs: 1000,
      })
    } catch {
      // Its session ends by itself.
    }
  }

  /** Throws KafkaError; a membership that is over is forgotten. */
  private check(errorCode: number): void {
    if (errorCode === 0) return
    const name = errorName(errorCode)
    if (name === 'UNKNOWN_MEMBER_ID') this.memberId = ''
    if (name === 'NOT_COORDINATOR' || name === 'COORDINATOR_NOT_AVAILABLE') this.coordinator.forget()
    throw new KafkaError(name)
  }

  /** That members come and go is no news. */
  private meet(error: unknown): void {
    if (!(error instanceof KafkaError || error instanceof EnvironmentError)) throw error
    const isUsual = ['REBALANCE_IN_PROGRESS', 'ILLEGAL_GENERATION', 'UNKNOWN_MEMBER_ID'].includes(error.code ?? '')
    if (isUsual || this.told === error.message) return
    this.told = error.message
    this.options.warn(`no leader among the registries of group ${this.options.groupId}: ${error.message}; trying again`)
  }

  private lead(leader: Leader | undefined): void {
    this.leader = leader
    const url = leader && !leader.isSelf ? leader.url : undefined
    if (url !== undefined && url !== this.followed)
      this.options.warn(`the registry at ${url} leads and writes; changes are sent there`)
    if (leader) this.followed = url
    if (leader || this.isClosed) for (const done of [...this.waiting]) done()
  }

  private pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = this.options.clock.after(ms, resolve)
      this.pauseOver = () => {
        timer.cancel()
        resolve()
      }
    })
  }
}

const urlOf = ({ scheme = 'http', host, port }: MemberWords): string => `${scheme}://${host}:${port}`

/** Undefined for what is no JSON: the group may have members of any make. */
function parseWords<T extends object>(bytes: Buffer): T | undefined {
  try {
    const words = JSON.parse(bytes.toString()) as T | null
    return typeof words === 'object' && words !== null ? words : undefined
  } catch {
    return undefined
  }
}

/** What the member that leads the group decides for all: the first by its address of those that may lead. */
function choose(members: JoinGroupResponse['members']): Verdict & { version: number } {
  const known = members.flatMap(({ memberId, metadata }) => {
    const words = parseWords<MemberWords>(metadata)
    return words ? [{ memberId, words }] : []
  })
  const urls = new Set(known.map(({ words }) => urlOf(words)))
  const [first] = known
    .filter(({ words }) => words.master_eligibility ?? true)
    .sort((a, b) => (urlOf(a.words) < urlOf(b.words) ? -1 : 1))
  const isDouble = urls.size < known.length
  return {
    version: VERSION,
    error: isDouble ? 1 : 0,
    master: isDouble || !first ? null : first.memberId,
    master_identity: isDouble || !first ? null : first.words,
  }
}
