/** A broker of the cluster as clients are told of it. */
export interface BrokerRegistration {
  readonly nodeId: number
  readonly rack: string | null
  /** Advertised addresses by listener name. */
  readonly endpoints: ReadonlyMap<string, { readonly host: string; readonly port: number }>
}

export interface PartitionRegistration {
  readonly partition: number
  readonly leader: number
  readonly leaderEpoch: number
  readonly replicas: readonly number[]
  readonly isr: readonly number[]
}

export interface Topic {
  readonly name: string
  /** 22 characters of URL-safe base64. */
  readonly topicId: string
  readonly isInternal: boolean
  readonly partitions: readonly PartitionRegistration[]
  /** What was set for this topic, as it was written; not the defaults. */
  readonly configs: ReadonlyMap<string, string>
}

/** Things that have settings beside topics. The name `''` is the default of all of that kind. */
export type ConfigResource = 'broker' | 'group' | 'client-metrics'
