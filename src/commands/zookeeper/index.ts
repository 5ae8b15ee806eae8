import type { Context } from '../../lib/command/define.ts'
import { defineCommand } from '../../lib/work/command.ts'
import { write } from '../../lib/output/write.ts'

const sayUnneeded = ({ stderr, program }: Context, where = ''): Promise<void> =>
  write(stderr, `${program}: Kafka 4 and kts need no ZooKeeper; go on with the next step${where}.\n`)

/**
 * Stands where old tutorials start ZooKeeper: in the foreground it waits to be interrupted, as their terminal expects.
 */
export const zookeeperStart = defineCommand({
  options: [{ name: 'daemon', argument: 'none', about: 'Return at once instead of waiting for Ctrl-C.' }],
  words: [{ name: 'FILE', about: 'Configuration of ZooKeeper; not read.', isOptional: true }],
  streams: true,
  async offline({ values, context }) {
    await sayUnneeded(context, values.daemon ? '' : ' in another terminal')
    if (!values.daemon) await interrupted(context.signal)
  },
})

export const zookeeperStop = defineCommand({
  options: [],
  streams: true,
  offline: ({ context }) => sayUnneeded(context),
})

async function interrupted(signal: AbortSignal): Promise<void> {
  const forever = setInterval(() => {}, 0x7fff_ffff)
  await new Promise<void>((resolve) =>
    signal.aborted ? resolve() : signal.addEventListener('abort', () => resolve(), { once: true }),
  )
  clearInterval(forever)
}
