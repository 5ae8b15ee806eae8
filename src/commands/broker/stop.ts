import type { Context, Result } from '../../lib/command/define.ts'
import { defineCommand } from '../../lib/work/command.ts'
import { EnvironmentError, UserError } from '../../lib/errors.ts'
import { endAll, endedAs } from './end.ts'
import { forgetCluster, knownCluster, nodeIdOf, nodesOf, processOf, runningNode } from './local-cluster.ts'
import { addressOf, hasPort, runningBrokers, type RunningBroker } from './running.ts'

export const brokerStop = defineCommand({
  examples: [
    { command: 'kts broker stop', about: 'The only one that runs, or all of a cluster.' },
    { command: 'kts broker stop 2', about: 'One of a cluster: it hands its leaderships over first.' },
    { command: 'kts broker stop --port 9093', about: 'One of several.' },
  ],
  options: [
    {
      name: 'port',
      type: 'integer',
      value: 'PORT',
      about: 'The one on this port, where several run.',
      only: 'kts',
    },
    { name: 'all', about: 'Every one of them.', only: 'kts' },
  ],
  words: [{ name: 'ID', about: 'The id of the broker, where several run.', isOptional: true }],
  async offline({ values: { port, all }, words: [word], context }) {
    const nodeId = context.style === 'kts' ? nodeIdOf(word) : undefined
    if (nodeId !== undefined) return stop([runningNode(context, nodeId)], context)
    const found = runningBrokers(context).filter((broker) => port === undefined || hasPort(broker, port))
    if (found.length === 0 && port === undefined) forgetCluster(context)
    if (found.length === 0) return nothingToStop(context, port)
    const own = ofCluster(found, context)
    if (context.style === 'kts' && found.length > 1 && own.length < found.length && !all)
      throw new UserError(
        `several brokers run: ${found.map(addressOf).join('; ')}. Say which one with --port, or --all`,
      )
    const result = await stop(found, context)
    if (port === undefined) forgetCluster(context)
    return result
  },
})

/** The controller last. */
function ofCluster(found: readonly RunningBroker[], context: Context): RunningBroker[] {
  const cluster = knownCluster(context)
  return cluster ? nodesOf(cluster).flatMap((node) => processOf(node, found) ?? []) : []
}

/** The controller goes last: without it the others could not hand anything over. */
async function stop(brokers: readonly RunningBroker[], context: Context): Promise<Result> {
  const last = brokers.filter(({ role }) => role === 'controller')
  const first = brokers.filter(({ role }) => role !== 'controller')
  await endAll(first, 'SIGTERM', context)
  await endAll(last, 'SIGTERM', context)
  const result = endedAs('stopped', [...first, ...last])
  return context.style === 'drop-in' ? { ...result, text: () => '' } : result
}

function nothingToStop(context: Context, port: number | undefined) {
  if (context.style === 'drop-in') return { data: [], text: () => 'No kafka server to stop\n', exitCode: 1 }
  throw new EnvironmentError(
    port === undefined
      ? 'no broker runs here; kts broker start starts one'
      : `no broker of kts runs on port ${port}; kts broker status shows what runs`,
  )
}
