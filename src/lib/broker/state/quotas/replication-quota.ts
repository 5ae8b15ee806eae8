import type { Clock } from '../../../clock.ts'
import type { Cluster } from '../cluster/cluster.ts'
import type { BrokerConfig } from '../configs/broker-config.ts'
import { Rate, type RateWindow } from './rate.ts'

interface ReplicationQuotaOptions {
  readonly nodeId: number
  readonly cluster: Cluster
  readonly config: () => BrokerConfig
  readonly clock: Clock
}

/**
 * Bytes a second that this broker sends as a leader, or takes in as a follower, of the replicas that an admin has named
 * while they are moved (KIP-73, ReplicationQuotaManager).
 */
export class ReplicationQuota {
  private readonly rate = new Rate()

  constructor(
    private readonly side: 'leader' | 'follower',
    private readonly options: ReplicationQuotaOptions,
  ) {}

  /** Whether this broker's replica is named: the topic has a list of `partition:broker`, or `*`. */
  isThrottled({ topic, partition }: { readonly topic: string; readonly partition: number }): boolean {
    const { cluster, nodeId } = this.options
    const replicas = cluster.topic(topic)?.configs.get(`${this.side}.replication.throttled.replicas`)
    if (replicas === undefined) return false
    const named = replicas.split(',').map((replica) => replica.trim())
    return named.includes('*') || named.includes(`${partition}:${nodeId}`)
  }

  get isExceeded(): boolean {
    const { config, clock } = this.options
    const { dynamic, dynamicDefaults } = config()
    const name = `${this.side}.replication.throttled.rate`
    const limit = dynamic.get(name) ?? dynamicDefaults.get(name)
    return limit !== undefined && this.rate.measure(clock.now(), this.window()) > Number(limit)
  }

  record(bytes: number): void {
    this.rate.record(bytes, this.options.clock.now(), this.window())
  }

  private window(): RateWindow {
    const config = this.options.config()
    return {
      samples: config.number('replication.quota.window.num'),
      sampleMs: config.number('replication.quota.window.size.seconds') * 1000,
      isSimple: true,
    }
  }
}
