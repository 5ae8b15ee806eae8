import { readFileSync, readdirSync } from 'node:fs'
import { join, posix, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

/** A room is a file or folder of src; the longest name that fits a file is its room. */
const ROOMS = [
  'cli',
  'dispatch',
  'library',
  'web',
  'commands',
  'commands/broker',
  'commands/registry',
  'commands/zookeeper',
  'commands/storage',
  'commands/up',
  'lib/command',
  'lib/work',
  'lib/overview',
  'lib/browse',
  'lib/web',
  'lib/config',
  'lib/output',
  'lib/client',
  'lib/security',
  'lib/weblog',
  'lib/java',
  'lib/regex',
  'lib/schemas',
  'lib/registry',
  'lib/protocol',
  'lib/broker',
] as const
type Room = (typeof ROOMS)[number]

/** Which room may import which others: imports point one way. */
const MAY_IMPORT: Readonly<Record<Room, readonly Room[]>> = {
  cli: ['dispatch', 'commands', 'lib/command', 'lib/config', 'lib/output'],
  // The page: of the server it knows what goes over the wire, and the words of commands.
  web: ['lib/web', 'lib/command'],
  // The broker for tests, and what may stand beside it.
  library: ['lib/broker', 'lib/registry', 'lib/command'],
  dispatch: ['commands', 'lib/command', 'lib/work', 'lib/output'],
  commands: [
    'lib/command',
    'lib/work',
    'lib/overview',
    'lib/browse',
    'lib/web',
    'lib/config',
    'lib/output',
    'lib/client',
    'lib/schemas',
    'lib/weblog',
    'lib/java',
    'lib/regex',
    'lib/protocol',
  ],
  'commands/broker': [
    'lib/work',
    'lib/command',
    'lib/config',
    'lib/output',
    'lib/client',
    'lib/security',
    'lib/broker',
  ],
  'commands/registry': ['lib/work', 'lib/command', 'lib/config', 'lib/output', 'lib/security', 'lib/registry'],
  'commands/storage': ['lib/work', 'lib/command', 'lib/config', 'lib/protocol', 'lib/broker'],
  // A broker, a registry and their page in one process.
  'commands/up': ['commands/broker', 'lib/work', 'lib/command', 'lib/config', 'lib/output', 'lib/registry', 'lib/web'],
  'lib/weblog': ['lib/config'],
  'lib/overview': ['lib/client', 'lib/protocol'],
  'lib/browse': ['lib/work', 'lib/client', 'lib/output', 'lib/regex', 'lib/protocol'],
  'lib/web': [
    'lib/schemas',
    'lib/security',
    'lib/work',
    'lib/overview',
    'lib/browse',
    'lib/command',
    'lib/config',
    'lib/output',
    'lib/client',
    'lib/regex',
    'lib/protocol',
  ],
  // What stands in ZooKeeper's place is a controller.
  'commands/zookeeper': ['lib/work', 'lib/command', 'lib/config', 'lib/broker'],
  'lib/work': ['lib/schemas', 'lib/client', 'lib/command', 'lib/config', 'lib/output', 'lib/protocol'],
  'lib/config': ['lib/client', 'lib/command', 'lib/output'],
  'lib/command': ['lib/output'],
  'lib/output': [],
  'lib/client': ['lib/java', 'lib/protocol', 'lib/security'],
  'lib/java': ['lib/regex'],
  'lib/regex': ['lib/protocol'],
  'lib/security': ['lib/java'],
  // Formats of schemas, and the client of a registry.
  'lib/schemas': ['lib/java', 'lib/security', 'lib/regex'],
  'lib/registry': ['lib/schemas', 'lib/client', 'lib/protocol', 'lib/security'],
  'lib/broker': ['lib/java', 'lib/protocol', 'lib/security'],
  'lib/protocol': [],
}

/** What every room may import; among themselves these import each other only. */
const NEUTRAL_GROUND = [
  'lib/address.ts',
  'lib/clock.ts',
  'lib/duration.ts',
  'lib/edit-distance.ts',
  'lib/errors.ts',
  'lib/failure-reason.ts',
  'lib/json-text.ts',
  'lib/files.ts',
  'lib/find-route.ts',
  'lib/http-exchange.ts',
  'lib/make-folder.ts',
  'lib/pid-file.ts',
  'lib/port-holder.ts',
  'lib/properties.ts',
  'lib/suggest.ts',
  'lib/tls-failures.ts',
  'lib/whole-file.ts',
  'lib/processes.ts',
  'lib/require-from.ts',
  'lib/size.ts',
  // The names of Kafka's errors, which KafkaError has; it imports nothing.
  'lib/protocol/errors.ts',
]

/**
 * Inside the broker imports go down this list, never up, and never from one name to another of the same floor. What
 * starts a broker (`index.ts`, `start.ts`) is not named and stands on top.
 */
const BROKER_FLOORS = [
  ['listeners.ts'],
  ['server.ts'],
  ['connection.ts', 'client-report.ts', 'connections/', 'refusals.ts'],
  ['dispatch.ts'],
  ['handlers/'],
  ['handle.ts'],
  ['refuse-all.ts'],
  ['lifecycle/'],
  ['state/node.ts'],
  ['state/coordinators/', 'state/resources/', 'replication/'],
  ['state/topic-creation.ts', 'state/partition-lookup.ts'],
  ['state/broker.ts'],
  ['controller/', 'state/groups/', 'state/transactions/', 'state/partitions.ts'],
  ['state/housekeeping.ts'],
  [
    'security/',
    'state/coordination/',
    'state/quotas/',
    'state/sweep.ts',
    'state/delayed-fetch.ts',
    'state/metadata-snapshots.ts',
  ],
  ['state/configs/', 'state/storage/', 'state/security/', 'state/partition.ts', 'state/producer-ids.ts'],
  ['state/disk-use.ts', 'state/leadership.ts', 'state/waiters.ts', 'state/watchers.ts'],
  [
    'state/cluster/',
    'state/features.ts',
    'state/incoming.ts',
    'state/outgoing.ts',
    'state/refusal.ts',
    'state/turns.ts',
  ],
  ['raft/'],
  ['log/', 'network/', 'login.ts'],
]

/** Packages with one home. */
const HOMES: readonly (readonly [packageName: string, home: RegExp])[] = [
  ['kafkajs', /^lib\/client\/kafkajs(-internals\.d)?\.ts$/],
  ['@cfworker/json-schema', /^lib\/schemas\/json\/codec\.ts$/],
  ['jose', /^lib\/broker\/security\/sasl\/jwks(-endpoint)?\.ts$/],
  ['commander', /^lib\/command\/register\.ts$/],
  ['chalk', /^lib\/output\//],
  ['cli-table3', /^lib\/output\//],
  ['string-width', /^lib\/output\//],
  ['ora', /^lib\/output\//],
  ['preact', /^web\//],
  ['yaml', /^lib\/(output|config)\//],
  ['@node-rs/crc32', /^lib\/protocol\/records\//],
  ['snappy', /^lib\/protocol\/records\//],
  ['lz4-napi', /^lib\/protocol\/records\//],
  ['@toondepauw/node-zstd', /^lib\/protocol\/records\//],
]

/** Whether `from` may import `to`: paths below src, or the name of a package. */
function isAllowed(from: string, to: string): boolean {
  if (!to.endsWith('.ts')) return isAllowedPackage(from, to)
  if (NEUTRAL_GROUND.includes(to)) return true
  const [room, other] = [roomOf(from), roomOf(to)]
  if (room === undefined || other === undefined) return NEUTRAL_GROUND.includes(from) && NEUTRAL_GROUND.includes(to)
  if (room === 'lib/broker' && other === 'lib/broker') return isBelow(from, to)
  if (room === 'commands' && other === 'commands')
    return from === 'commands/index.ts' || commandOf(from) === commandOf(to)
  if (from === 'commands/index.ts' && other.startsWith('commands/')) return true
  return room === other || MAY_IMPORT[room].includes(other)
}

function isAllowedPackage(from: string, specifier: string): boolean {
  const home = HOMES.find(([name]) => specifier === name || specifier.startsWith(`${name}/`))
  return home === undefined ? specifier.startsWith('node:') : home[1].test(from)
}

function roomOf(path: string): Room | undefined {
  const fitting = ROOMS.filter((room) => path === `${room}.ts` || path.startsWith(`${room}/`))
  return fitting.sort((a, b) => b.length - a.length)[0]
}

const commandOf = (path: string): string => path.split('/')[1]!

/** Whether a file of the broker stands on a lower floor than another, or in the same place. */
function isBelow(from: string, to: string): boolean {
  const [upper, lower] = [placeOf(from), placeOf(to)]
  return upper === undefined || (lower !== undefined && (upper.floor < lower.floor || upper.name === lower.name))
}

function placeOf(path: string): { floor: number; name: string } | undefined {
  const inside = path.slice('lib/broker/'.length)
  return BROKER_FLOORS.flatMap((names, floor) => names.map((name) => ({ floor, name }))).find(({ name }) =>
    name.endsWith('/') ? inside.startsWith(name) : inside === name,
  )
}

/** Who may set a timer without the clock: it stands for other processes, or for this one's end. */
const TIMERS_OF_THEIR_OWN = [
  'cli.ts',
  'commands/zookeeper/start.ts',
  'lib/clock.ts',
  'lib/command/background.ts',
  'lib/output/reader.ts',
  'lib/output/spinner.ts',
  'lib/web/open-browser.ts',
  // The page has the browser's clock.
  'web/hooks.ts',
]

/**
 * Whose timers may be forgotten when nothing else is pending. A command that awaits one would end with 0 before its
 * work is done.
 */
const HOUSEKEEPERS = ['lib/client/producer/topics.ts', 'lib/clock.ts', 'lib/output/progress.ts']

const SOURCE = fileURLToPath(new URL('../src', import.meta.url))

const sourceFiles = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .map((path) => path.split(sep).join('/'))

const textOf = (path: string): string => readFileSync(join(SOURCE, path), 'utf8')

/** Static and dynamic imports, re-exports, types and `require`. */
const IMPORT = /(?:\bfrom\s*|\bimport\s*\(?\s*|\brequire\(\s*|\blazily(?:<[^(]*>)?\(\s*)'([^'\s]+)'/g

function importsOf(path: string): string[] {
  const specifiers = [...textOf(path).matchAll(IMPORT)].map((match) => match[1]!)
  return specifiers.map((specifier) =>
    specifier.startsWith('.') ? posix.join(posix.dirname(path), specifier) : specifier,
  )
}

/**
 * The files that import each other in a circle, and those between two circles, with what they import of them: whoever
 * imports nobody, or is imported by nobody, is taken out until all that are left do both.
 */
function circles(imports: ReadonlyMap<string, readonly string[]>): string[] {
  let rest = new Map(imports)
  for (let size = -1; size !== rest.size; ) {
    size = rest.size
    const within = [...rest].map(([from, to]) => [from, to.filter((path) => rest.has(path))] as const)
    const imported = new Set(within.flatMap(([, to]) => to))
    rest = new Map(within.filter(([from, to]) => to.length > 0 && imported.has(from)))
  }
  return [...rest].map(([from, to]) => `${from} -> ${to.join(', ')}`)
}

describe('the rules of the house', () => {
  it.each([
    ['lib/client/wire.ts', 'lib/protocol/frame.ts'],
    ['lib/broker/server.ts', 'lib/broker/dispatch.ts'],
    ['lib/broker/start.ts', 'lib/broker/log/log.ts'],
    ['commands/index.ts', 'commands/topics/index.ts'],
    ['commands/index.ts', 'commands/broker/index.ts'],
    ['commands/topics/list.ts', 'lib/client/types.ts'],
    ['commands/broker/start.ts', 'lib/broker/index.ts'],
    ['lib/protocol/bytes.ts', 'lib/errors.ts'],
    ['lib/client/kafkajs.ts', 'kafkajs/src/broker'],
    ['commands/index.ts', 'commands/completion/index.ts'],
    ['commands/completion/offer.ts', 'lib/work/registry.ts'],
    ['lib/broker/handlers/fetch.ts', 'lib/broker/handle.ts'],
    ['lib/broker/state/node.ts', 'lib/broker/state/cluster/cluster.ts'],
    ['lib/broker/state/groups/classic/join.ts', 'lib/broker/state/groups/commit.ts'],
    ['cli.ts', 'node:process'],
  ])('let %s import %s', (from, to) => {
    expect(isAllowed(from, to)).toBe(true)
  })

  it.each([
    ['lib/client/wire.ts', 'lib/broker/server.ts'],
    ['lib/broker/server.ts', 'lib/client/wire.ts'],
    ['lib/protocol/bytes.ts', 'lib/client/types.ts'],
    ['lib/broker/log/log.ts', 'lib/broker/state/node.ts'],
    ['lib/broker/state/node.ts', 'lib/broker/handlers/fetch.ts'],
    ['lib/broker/log/log.ts', 'lib/broker/start.ts'],
    ['lib/broker/state/cluster/cluster.ts', 'lib/broker/state/node.ts'],
    ['lib/broker/state/groups/coordinator.ts', 'lib/broker/state/transactions/coordinator.ts'],
    ['lib/broker/state/configs/broker-config.ts', 'lib/broker/state/broker.ts'],
    ['commands/topics/list.ts', 'commands/consume/run.ts'],
    ['commands/topics/list.ts', 'commands/broker/start.ts'],
    ['commands/topics/list.ts', 'lib/broker/index.ts'],
    ['commands/completion/offer.ts', 'commands/topics/index.ts'],
    ['commands/completion/offer.ts', 'commands/index.ts'],
    ['commands/broker/start.ts', 'commands/index.ts'],
    ['commands/topics/list.ts', 'commands/completion/offer.ts'],
    ['commands/topics/list.ts', 'commands/index.ts'],
    ['lib/output/json.ts', 'lib/command/define.ts'],
    ['lib/client/wire.ts', 'kafkajs'],
    ['lib/output/json.ts', 'commander'],
    ['cli.ts', 'chalk'],
    ['cli.ts', 'left-pad'],
    ['lib/errors.ts', 'lib/protocol/bytes.ts'],
    ['lib/utils/x.ts', 'lib/protocol/bytes.ts'],
  ])('do not let %s import %s', (from, to) => {
    expect(isAllowed(from, to)).toBe(false)
  })

  it('find circles, whatever hangs on them', () => {
    const imports = { a: ['b'], b: ['c', 'd'], c: ['b'], d: [], e: ['f'], f: [] }
    expect(circles(new Map(Object.entries(imports)))).toEqual(['b -> c', 'c -> b'])
  })

  it('find imports however they are written', () => {
    const text = [
      "import type { A } from 'a'",
      "export * from 'b'",
      "await import('c')",
      "import 'd'",
      "require('e')",
      "lazily<{ f: F }>('f', 'x')",
      "import {\n  g,\n} from 'g'",
    ].join('\n')
    expect([...text.matchAll(IMPORT)].map((match) => match[1])).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'g'])
  })
})

describe('the source', () => {
  it('stands in the rooms of the house', () => {
    expect(sourceFiles.filter((path) => roomOf(path) === undefined && !NEUTRAL_GROUND.includes(path))).toEqual([])
  })

  it('has every room and floor that is named', () => {
    const stands = (name: string): boolean =>
      sourceFiles.some(
        (path) => path === name || path === `${name}.ts` || path.startsWith(`${name.replace(/\/$/, '')}/`),
      )
    const floors = BROKER_FLOORS.flat().map((name) => `lib/broker/${name}`)
    expect([...ROOMS, ...NEUTRAL_GROUND, ...floors].filter((name) => !stands(name))).toEqual([])
    const inState = sourceFiles.filter((path) => path.startsWith('lib/broker/state/'))
    expect(inState.filter((path) => placeOf(path) === undefined)).toEqual([])
  })

  it('imports in no circle, be it for a type or when a command is called', () => {
    expect(circles(new Map(sourceFiles.map((path) => [path, importsOf(path)])))).toEqual([])
  })

  it('imports one way', () => {
    const imports = sourceFiles.flatMap((from) => importsOf(from).map((to) => [from, to] as const))
    expect(imports.length).toBeGreaterThan(sourceFiles.length)
    expect(imports.filter(([from, to]) => !isAllowed(from, to)).map(([from, to]) => `${from} imports ${to}`)).toEqual(
      [],
    )
  })

  it('ends the process in one place', () => {
    expect(sourceFiles.filter((path) => /\bprocess\.(exit|abort)\(/.test(textOf(path)) && path !== 'cli.ts')).toEqual(
      [],
    )
  })

  it('makes folders in one place, which ends in any of them', () => {
    expect(sourceFiles.filter((path) => /\bmkdir(Sync)?\(/.test(textOf(path)))).toEqual(['lib/make-folder.ts'])
  })

  it('waits by the clock alone, in the background only where nobody waits', () => {
    const timers = sourceFiles.filter((path) => /(?<!\.)\b(setTimeout|setInterval)\(|\.unref\(/.test(textOf(path)))
    expect(timers.sort()).toEqual(TIMERS_OF_THEIR_OWN)
    const background = sourceFiles.filter(
      (path) => !path.startsWith('lib/broker/') && /\binBackground\b/.test(textOf(path)),
    )
    expect(background.sort()).toEqual(HOUSEKEEPERS)
  })
})
