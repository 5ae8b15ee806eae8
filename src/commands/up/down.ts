import { EnvironmentError, UserError } from '../../lib/errors.ts'
import { defineCommand } from '../../lib/work/command.ts'
import { endAll } from '../broker/end.ts'
import { addressOf, hasPort, runningBrokers, type RunningBroker } from '../broker/running.ts'

export const down = defineCommand({
  examples: [
    { command: 'kts down', about: 'The broker, its schema registry and its page.' },
    { command: 'kts down --port 9093', about: 'One of several.' },
  ],
  options: [
    { name: 'port', type: 'integer', value: 'PORT', about: 'The one whose broker is on this port, where several run.' },
    { name: 'all', about: 'Every one of them.' },
  ],
  async offline({ values: { port, all }, context }) {
    const running = runningBrokers(context)
    const found = running.filter((broker) => broker.page !== undefined && (port === undefined || hasPort(broker, port)))
    if (found.length === 0) throw nothingIsUp(running, port)
    if (found.length > 1 && !all)
      throw new UserError(`several run: ${found.map(addressOf).join('; ')}. Say which one with --port, or --all`)
    await endAll(found, 'SIGTERM', context)
    return {
      data: found.map(({ pid, nodeId, bootstrapServers, page }) => ({ pid, nodeId, bootstrapServers, page })),
      text: () =>
        found
          .map(
            ({ nodeId, bootstrapServers, page, pid }) =>
              `stopped broker ${nodeId} at ${bootstrapServers} with its page at ${page} (pid ${pid})\n`,
          )
          .join(''),
    }
  },
})

function nothingIsUp(running: readonly RunningBroker[], port: number | undefined): EnvironmentError {
  const place = port === undefined ? 'here' : `on port ${port}`
  const other = running.find((broker) => port === undefined || hasPort(broker, port))
  return new EnvironmentError(
    other
      ? `nothing that kts up has started runs ${place}; kts broker stop ends the broker at ${addressOf(other)}`
      : `nothing that kts up has started runs ${place}; kts up starts it`,
  )
}
