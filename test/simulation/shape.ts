import type { ClockError, World } from './world.ts'

/** What a run is made of. */
export interface Shape {
  readonly nodes: readonly { readonly id: number; readonly clockError: ClockError }[]
  readonly controllerId: number
  readonly brokerIds: readonly number[]
  readonly topics: readonly {
    readonly name: string
    readonly isSafe: boolean
    readonly configs: Record<string, string>
  }[]
  /** Of each topic. */
  readonly partitions: number
  /** How many things go wrong. */
  readonly steps: number
  readonly isElrEnabled: boolean
  readonly portOf: (id: number) => number
}

const CONTROLLER_ALONE = 100

export function shapeOf(world: World): Shape {
  const isCombined = world.isLucky(0.3)
  const brokerIds = world.isLucky(0.3) ? [1, 2, 3, 4] : [1, 2, 3]
  const controllerId = isCombined ? 1 : CONTROLLER_ALONE
  const ids = isCombined ? brokerIds : [CONTROLLER_ALONE, ...brokerIds]
  const minIsr = (): string => world.pick(['1', '2', '2'])
  return {
    nodes: ids.map((id) => ({
      id,
      clockError: { offsetMs: world.integer(-3_600_000, 3_600_000), rate: world.between(0.95, 1.05) },
    })),
    controllerId,
    brokerIds,
    topics: [
      { name: 'source', isSafe: true, configs: { 'min.insync.replicas': minIsr() } },
      { name: 'sink', isSafe: true, configs: { 'min.insync.replicas': minIsr() } },
      ...(world.isLucky(0.3)
        ? [{ name: 'risky', isSafe: false, configs: { 'unclean.leader.election.enable': 'true' } }]
        : []),
    ],
    partitions: world.integer(1, 2),
    steps: world.integer(10, 30),
    isElrEnabled: true,
    portOf: (id) => 9000 + id,
  }
}

export function nodeProperties(shape: Shape, id: number): Record<string, string> {
  const { controllerId, portOf, brokerIds } = shape
  const isController = id === controllerId
  const isBroker = brokerIds.includes(id)
  const listeners = [
    ...(isBroker ? [`PLAINTEXT://127.0.0.1:${portOf(id)}`] : []),
    ...(isController ? [`CONTROLLER://127.0.0.1:${controllerPort(id)}`] : []),
  ]
  return {
    'node.id': String(id),
    'process.roles': [...(isBroker ? ['broker'] : []), ...(isController ? ['controller'] : [])].join(','),
    listeners: listeners.join(','),
    'controller.listener.names': 'CONTROLLER',
    ...(isController
      ? { 'controller.quorum.voters': `${id}@127.0.0.1:${controllerPort(id)}` }
      : { 'controller.quorum.bootstrap.servers': `127.0.0.1:${controllerPort(controllerId)}` }),
    'log.dirs': '/data',
    ...SETTINGS,
  }
}

const controllerPort = (id: number): number => 9500 + id

/** Kafka's, shortened, so that more happens in less. */
const SETTINGS = {
  'broker.session.timeout.ms': '4000',
  'broker.heartbeat.interval.ms': '1000',
  'replica.lag.time.max.ms': '3000',
  'replica.socket.timeout.ms': '5000',
  'leader.imbalance.check.interval.seconds': '10',
  'unclean.leader.election.interval.ms': '5000',
  'min.insync.replicas': '2',
  'offsets.topic.num.partitions': '2',
  'offsets.topic.replication.factor': '3',
  'transaction.state.log.num.partitions': '2',
  'transaction.state.log.replication.factor': '3',
  'transaction.state.log.min.isr': '2',
  'group.initial.rebalance.delay.ms': '100',
  'group.min.session.timeout.ms': '1000',
  'transaction.abort.timed.out.transaction.cleanup.interval.ms': '2000',
}
