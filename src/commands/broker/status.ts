import { defineCommand } from '../../lib/work/command.ts'
import { renderTable } from '../../lib/output/table.ts'
import { runningBrokers } from './running.ts'

export const brokerStatus = defineCommand({
  examples: [
    { command: 'kts broker status', about: 'Where they listen, and where their data is.' },
    {
      command: 'kts broker status > /dev/null || kts broker start --daemon',
      about: 'Start one unless one runs: without one it ends with 1.',
    },
  ],
  options: [],
  async offline({ context }) {
    const brokers = runningBrokers(context).map(({ identity: _identity, ...shown }) => shown)
    const rows = brokers.map(({ nodeId, bootstrapServers, pid, dataDir, startedAt }) =>
      [nodeId, bootstrapServers, pid, dataDir ?? 'in memory', startedAt].map(String),
    )
    return {
      data: brokers,
      text: () => (rows.length === 0 ? 'no broker runs\n' : rows.map((row) => row.join('\t') + '\n').join('')),
      table: () =>
        rows.length === 0
          ? 'no broker runs\n'
          : renderTable(['BROKER', 'ADDRESS', 'PID', 'DATA', 'SINCE'], rows, { below: 'DATA', goes: ['SINCE'] }),
      exitCode: rows.length === 0 ? 1 : 0,
    }
  },
})
