import { wait } from '../../lib/clock.ts'
import type { Context } from '../../lib/command/define.ts'
import { defineCommand } from '../../lib/work/command.ts'
import { EnvironmentError, UserError } from '../../lib/errors.ts'
import { addressOf, hasPort, isRunning, runningBrokers, type RunningBroker } from './running.ts'

/** How long a broker may take to write everything down before it is said that it will not end. */
const PATIENCE_MS = 30_000
const LOOK_EVERY_MS = 20

export const brokerStop = defineCommand({
  examples: [
    { command: 'kts broker stop', about: 'The only one that runs.' },
    { command: 'kts broker stop --port 9093', about: 'One of several.' },
  ],
  options: [
    { name: 'port', type: 'integer', value: 'PORT', about: 'The one on this port, where several run.', only: 'kts' },
    { name: 'all', about: 'Every one of them.', only: 'kts' },
  ],
  async offline({ values: { port, all }, context }) {
    const found = runningBrokers(context).filter((broker) => port === undefined || hasPort(broker, port))
    if (found.length === 0) return nothingToStop(context, port)
    if (context.style === 'kts' && found.length > 1 && !all)
      throw new UserError(
        `several brokers run: ${found.map(addressOf).join('; ')}. Say which one with --port, or --all`,
      )
    for (const broker of found) process.kill(broker.pid, 'SIGTERM')
    await Promise.all(found.map((broker) => ended(broker, context)))
    const text = (): string =>
      context.style === 'drop-in'
        ? ''
        : found
            .map((broker) => `stopped broker ${broker.nodeId} at ${broker.bootstrapServers} (pid ${broker.pid})\n`)
            .join('')
    return { data: found.map(({ pid, nodeId, bootstrapServers }) => ({ pid, nodeId, bootstrapServers })), text }
  },
})

function nothingToStop(context: Context, port: number | undefined) {
  if (context.style === 'drop-in') return { data: [], text: () => 'No kafka server to stop\n', exitCode: 1 }
  throw new EnvironmentError(
    port === undefined
      ? 'no broker runs here; kts broker start starts one'
      : `no broker of kts runs on port ${port}; kts broker status shows what runs`,
  )
}

async function ended(broker: RunningBroker, { clock }: Context): Promise<void> {
  const deadline = clock.now() + PATIENCE_MS
  while (isRunning(broker)) {
    if (clock.now() > deadline)
      throw new EnvironmentError(`broker ${addressOf(broker)} has not ended after ${PATIENCE_MS / 1000} s`)
    await wait(clock, LOOK_EVERY_MS)
  }
}
