import { execFile, spawnSync } from 'node:child_process'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SCRIPTS, type Shell } from '../../../src/commands/completion/scripts.ts'
import { startBroker, type RunningBroker } from '../../../src/lib/broker/index.ts'
import { createTopics } from '../../../src/lib/client/admin/create-topics.ts'
import { connectClient } from '../../../src/lib/client/connect.ts'
import { root, temporaryFolder } from '../../support/kts.ts'

let broker: RunningBroker
const folder = temporaryFolder()

beforeAll(async () => {
  broker = await startBroker()
  const client = await connectClient({
    bootstrapServers: [broker.bootstrapServers],
    clientId: 'test',
    properties: new Map(),
  })
  const created = await createTopics(
    client,
    ['retail', 'returns', 'orders'].map((name) => ({ name, partitions: 1, replicationFactor: 1 })),
  )
  expect(created.map(({ error }) => error)).toEqual([null, null, null])
  await client.close()
})

afterAll(async () => {
  await broker.stop()
  folder.remove()
})

/** Runs a script in a shell whose `kts` is the one that was built, and returns what it printed. */
async function runIn(shell: Shell, args: readonly string[]): Promise<string> {
  const PATH = [join(root, 'bin'), process.env.PATH].join(delimiter)
  const { stdout, stderr } = await promisify(execFile)(shell, args, {
    env: { PATH, HOME: folder.path, BROKER: broker.bootstrapServers },
  })
  expect(stderr).toBe('')
  return stdout
}

const has = (shell: Shell): boolean => spawnSync(shell, ['-c', 'true']).status === 0

/** So that a machine with other work to do does not miss the 300 ms: what is asked here is found in the cache below. */
const askEarly = 'kts complete --refresh topics --bootstrap-server $BROKER'

/**
 * What bash does at a Tab at the end of each line: it sets the words, calls the function, and takes what this leaves.
 */
const pressTab = `
${askEarly}
source <(kts completion bash)
compopt() { printf '%s ' "$2"; }
for line; do
  COMP_LINE=$line COMP_POINT=\${#line} COMP_WORDBREAKS=$' \\t\\n"\\'><=;|&(:'
  _kts
  (IFS='|'; printf '%s\\n' "\${COMPREPLY[*]}")
done
complete -p kts kafka-topics.sh`

describe('bash', () => {
  it('is told options, values, paths, and names of the cluster, as it wants to have them', async () => {
    const printed = await runIn('bash', [
      '-c',
      pressTab,
      'bash',
      'kts topics --des',
      'kafka-topics.sh -',
      'kts topics --output=j',
      'kts consume --formatter-property key',
      'kts consume --command-config ',
      'kts topics -b $BROKER --topic re',
      'kts topics --bootstrap-server="$BROKER" --topic "orders,re',
      'kts topics -b localhost:1 --topic re',
      'kts bro',
    ])
    const [described, all, ...rest] = printed.split('\n')
    expect(described).toBe('--describe')
    expect(all!.split('|')).toEqual(expect.arrayContaining(['--list', '--bootstrap-server']))
    expect(rest).toEqual([
      'json',
      'nospace key.separator=',
      'default ',
      'retail|returns',
      'orders,retail|orders,returns',
      '',
      'broker',
      'complete -F _kts kts',
      'complete -F _kts kafka-topics.sh',
      '',
    ])
  })
})

describe.skipIf(!has('fish'))('fish', () => {
  it('shows what each word means', async () => {
    const printed = await runIn('fish', [
      '-c',
      `${askEarly}; kts completion fish | source; for line in 'kts topics --lis' "kts topics -b $BROKER --topic=ret" 'kafka-topics.sh --cre'; complete -C $line; end`,
    ])
    expect(printed).toBe('--list\tList the topics.\n--topic=retail\n--topic=returns\n--create\tCreate a topic.\n')
  })
})

describe.skipIf(!has('zsh'))('zsh', () => {
  it('reads the script', async () => {
    expect(
      await runIn('zsh', ['-f', '-c', 'compdef() { print -l "$@"; }; source <(kts completion zsh); whence -w _kts']),
    ).toMatch(/^_kts\nkts\nkafka-topics\n[^]*_kts: function\n$/)
  })
})

it.each(Object.keys(SCRIPTS) as Shell[])('the script for %s speaks of every name, and asks kts', (shell) => {
  const script = SCRIPTS[shell](['kts', 'kafka-topics', 'kafka-topics.sh'])
  expect(script).toContain('kts kafka-topics kafka-topics.sh')
  expect(script).toContain(`command kts complete ${shell} -- `)
  expect(script).toContain('2>/dev/null')
  expect(script.split('\n').filter((line) => /\$\{?undefined|\bundefined\b/.test(line))).toEqual([])
})
