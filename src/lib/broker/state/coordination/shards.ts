import type { Clock } from '../../../clock.ts'
import { KafkaError, kafkaErrorOf } from '../../../errors.ts'
import { CoordinatorLog, type ReplayedEntry, type StateCodec } from './coordinator-log.ts'
import { partitionFor } from './partitioner.ts'
import type { StateTopic } from './state-topic.ts'
import { CoordinatorTimers } from './timers.ts'

/** What every shard has. */
export interface ShardContext<R> {
  readonly log: CoordinatorLog<R>
  readonly timers: CoordinatorTimers
}

/** What makes a coordinator of a state topic. */
export interface ShardKind<R, C extends ShardContext<R>> {
  readonly codec: StateCodec<R>
  /** One that knows nothing yet. */
  open(shard: ShardContext<R>): C
  /** Does what an entry says that is read back. */
  replay(context: C, entry: ReplayedEntry<R>): void
  /** All has been read: it goes on from there. */
  start(context: C): void
  /** Lets go of everything; its timers are cancelled already. */
  close(context: C): void
}

export interface ShardsOptions {
  readonly clock: Clock
  readonly stateTopic: StateTopic
  /** Told of what cannot be used of the state topic, one line. */
  readonly warn: (line: string) => void
  /** A promise when others are to have their turn. */
  readonly pause: () => Promise<void> | undefined
}

interface Shard<C> {
  readonly context: C
  isLoaded: boolean
}

/**
 * What a coordinator knows, in shards: one for each partition of the state topic that this node leads. It is read back
 * when the node is elected, and dropped when another one is (CoordinatorRuntime).
 */
export class Shards<R, C extends ShardContext<R>> {
  private readonly shards = new Map<number, Shard<C>>()
  private isClosed = false

  constructor(
    private readonly kind: ShardKind<R, C>,
    private readonly options: ShardsOptions,
  ) {}

  /** Takes up the partitions that this node leads. Throws KafkaError when the disk refuses. */
  start(): void {
    let isStarting = true
    this.options.stateTopic.listen({
      onElected: (partition) => this.elect(partition, isStarting),
      onResigned: (partition) => this.drop(partition),
    })
    isStarting = false
  }

  /** Lets go of all, and takes no more requests. */
  close(): void {
    this.isClosed = true
    for (const partition of [...this.shards.keys()]) this.drop(partition)
  }

  /** One that it led already stays as it is: nobody else has written there. */
  private elect(partition: number, mustLoad: boolean): void {
    if (this.isClosed || this.shards.has(partition)) return
    const shard = { context: this.newContext(partition), isLoaded: false }
    this.shards.set(partition, shard)
    const fail = (error: unknown): void => this.fail(partition, shard, kafkaErrorOf(error))
    try {
      this.load(partition, shard)?.catch(fail)
    } catch (error) {
      if (mustLoad) throw error
      fail(error)
    }
  }

  /**
   * The partition of the state topic that an id belongs to. Makes the topic when it is missing. Throws KafkaError when
   * it cannot.
   */
  partitionFor(id: string): number {
    this.requireOpen()
    return partitionFor(id, this.options.stateTopic.partitionCount())
  }

  /**
   * The shard that an id belongs to: an empty one while there is no topic. Throws KafkaError NOT_COORDINATOR, and
   * COORDINATOR_LOAD_IN_PROGRESS.
   */
  of(id: string): C {
    this.requireOpen()
    return this.options.stateTopic.exists() ? this.at(this.partitionFor(id)) : this.newContext(-1)
  }

  /** The same for somebody who is going to write: the topic is made. */
  toWrite(id: string): C {
    return this.at(this.partitionFor(id))
  }

  at(partition: number): C {
    const shard = this.shards.get(partition)
    if (!shard) throw new KafkaError('NOT_COORDINATOR')
    if (!shard.isLoaded) throw new KafkaError('COORDINATOR_LOAD_IN_PROGRESS')
    return shard.context
  }

  /** All of them. Throws KafkaError COORDINATOR_LOAD_IN_PROGRESS while one is being read. */
  all(): C[] {
    this.requireOpen()
    return Array.from(this.shards.keys(), (partition) => this.at(partition))
  }

  /** Those that have been read. */
  *loaded(): Generator<C> {
    for (const { context, isLoaded } of this.shards.values()) if (isLoaded) yield context
  }

  /** Waits until all is committed that is known of an id; undefined when it is. See StateTopic.awaitCommit. */
  awaitCommit(id: string): undefined | Promise<void> {
    const { stateTopic } = this.options
    if (stateTopic.exists()) return stateTopic.awaitCommit(partitionFor(id, stateTopic.partitionCount()))
  }

  /** The same for all that is known. */
  awaitCommitOfAll(): undefined | Promise<unknown> {
    const waiting = Array.from(this.shards.keys(), (partition) => this.options.stateTopic.awaitCommit(partition))
    if (waiting.some(Boolean)) return Promise.all(waiting)
  }

  private newContext(partition: number): C {
    const { clock, stateTopic, warn } = this.options
    return this.kind.open({
      log: new CoordinatorLog(stateTopic, partition, this.kind.codec, warn),
      timers: new CoordinatorTimers(clock),
    })
  }

  private load(partition: number, shard: Shard<C>): undefined | Promise<void> {
    const { context } = shard
    const isWanted = (): boolean => this.shards.get(partition) === shard
    const start = (): void => {
      if (!isWanted()) return
      shard.isLoaded = true
      this.kind.start(context)
    }
    const loading = context.log.replay({
      isWanted,
      pause: this.options.pause,
      apply: (entry) => this.kind.replay(context, entry),
    })
    if (loading) return loading.then(start)
    start()
  }

  /** Whoever asks is sent away, until somebody is elected again. */
  private fail(partition: number, shard: Shard<C>, error: KafkaError): void {
    if (this.shards.get(partition) !== shard) return
    this.drop(partition)
    const { warn, stateTopic } = this.options
    warn(`${stateTopic.name}-${partition}: cannot be loaded: ${error.message}`)
  }

  private drop(partition: number): void {
    const shard = this.shards.get(partition)
    if (!shard) return
    this.shards.delete(partition)
    shard.context.timers.close()
    this.kind.close(shard.context)
  }

  private requireOpen(): void {
    if (this.isClosed) throw new KafkaError('COORDINATOR_NOT_AVAILABLE')
  }
}
