import { pause } from '../../lib/clock.ts'
import { runningRegistries } from '../../lib/config/registry-notes.ts'
import { EnvironmentError, UserError } from '../../lib/errors.ts'
import { defineCommand } from '../../lib/work/command.ts'

const WAIT_MS = 10

export const registryStop = defineCommand({
  examples: [
    { command: 'kts registry stop', about: 'The only one that runs.' },
    { command: 'kts registry stop --port 8082', about: 'One of several.' },
  ],
  options: [
    { name: 'port', type: 'integer', value: 'PORT', about: 'The one on this port, where several run.', only: 'kts' },
    { name: 'all', about: 'Every one of them.', only: 'kts' },
  ],
  async offline({ values: { port, all }, context }) {
    const found = runningRegistries(context.env).filter((registry) => port === undefined || registry.port === port)
    if (found.length === 0 && context.style === 'drop-in')
      return { data: [], text: () => 'No schema registry to stop\n', exitCode: 1 }
    if (found.length === 0)
      throw new EnvironmentError(`no schema registry of kts runs${port === undefined ? ' here' : ` on port ${port}`}`)
    if (found.length > 1 && !all && context.style === 'kts')
      throw new UserError(
        `several registries run, on ports ${found.map((each) => each.port).join(', ')}. Say which one with --port, or --all`,
      )
    for (const { pid } of found) process.kill(pid, 'SIGTERM')
    const isLeft = (): boolean =>
      runningRegistries(context.env).some(({ pid }) => found.some((each) => each.pid === pid))
    while (isLeft() && (await pause(WAIT_MS, context.signal)));
    const text = found.map((each) => `stopped the schema registry on port ${each.port} (pid ${each.pid})\n`).join('')
    return {
      data: found.map(({ pid, port }) => ({ pid, port })),
      text: () => (context.style === 'drop-in' ? '' : text),
    }
  },
})
