import type { Context } from '../../lib/command/define.ts'
import { defineCommand } from '../../lib/work/old.ts'
import { write } from '../../lib/output/write.ts'

const sayUnneeded = (context: Context): Promise<void> =>
  write(context.stderr, `${context.program}: Kafka 4 and kts need no ZooKeeper; go on with the next step.\n`)

/**
 * Stands where old tutorials start ZooKeeper: in the foreground it waits to be interrupted, as their terminal expects.
 */
export const zookeeperStart = defineCommand({
  name: 'zookeeper start',
  dropIns: ['zookeeper-server-start'],
  about: 'Says that Kafka 4 and kts need no ZooKeeper, where an old tutorial starts one.',
  options: [{ name: 'daemon', argument: 'none', about: 'Return at once instead of waiting for Ctrl-C.' }],
  positional: { name: 'FILE', about: 'Configuration of ZooKeeper; not read.' },
  streams: true,
  async run(values, context) {
    await sayUnneeded(context)
    if (!values.daemon) await interrupted(context.signal)
  },
})

export const zookeeperStop = defineCommand({
  name: 'zookeeper stop',
  dropIns: ['zookeeper-server-stop'],
  about: 'Says that Kafka 4 and kts need no ZooKeeper, where an old tutorial stops one.',
  options: [],
  streams: true,
  run: (_values, context) => sayUnneeded(context),
})

async function interrupted(signal: AbortSignal): Promise<void> {
  const forever = setInterval(() => {}, 0x7fff_ffff)
  await new Promise<void>((resolve) =>
    signal.aborted ? resolve() : signal.addEventListener('abort', () => resolve(), { once: true }),
  )
  clearInterval(forever)
}
