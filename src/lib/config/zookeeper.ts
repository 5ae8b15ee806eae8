import { formatAddress } from '../address.ts'
import type { Context } from '../command/define.ts'
import { shellWords } from '../command/shell.ts'
import { write } from '../output/write.ts'

/** The brokers that stand where these ZooKeepers stood: `zk1:2181,zk2/kafka` gives `zk1:9092,zk2:9092`. */
export function serversBeside(zookeeper: string): string {
  const hosts = zookeeper
    .replace(/\/.*$/s, '')
    .split(',')
    .map((node) => node.trim().replace(/:\d+$/, ''))
  return hosts.map((host) => formatAddress({ host: host.replace(/^\[(.*)\]$/, '$1'), port: 9092 })).join(',')
}

/** One warning that shows the same command as one writes it today. */
export async function sayInstead(servers: string, { program, args = [], stderr }: Context): Promise<void> {
  const words = args.map((word, i) => {
    if (/^--?zookeeper$/.test(args[i - 1] ?? '')) return servers
    return /^--?zookeeper$/.test(word)
      ? '--bootstrap-server'
      : word.replace(/^--?zookeeper=.*$/s, `--bootstrap-server=${servers}`)
  })
  await write(
    stderr,
    `Warning: --zookeeper is gone since Kafka 4; the same command today: ${program} ${shellWords(words)}\n`,
  )
}
