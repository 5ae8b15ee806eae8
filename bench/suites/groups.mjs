// Many groups at once, many members in one group.
import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { median, timeOnce } from '../measure.mjs'

const PARTITIONS = 10
const GROUPS = 1000
const MEMBERS = 50
const MEMBER_PARTITIONS = 200
const SAMPLES = 5

export async function run(bench) {
  await describeAndReset(bench)
  await growth(bench)
  await settling(bench)
}

/** Under a client that waits for one answer after the other a thousand groups take a thousand round trips. */
async function describeAndReset(bench) {
  const { kts, broker, quick } = bench
  makeGroups(bench, broker, 'many', GROUPS)
  const [own, apaches] = [
    `${kts} groups`,
    !quick && broker.tools && `${broker.tools} org.apache.kafka.tools.consumer.group.ConsumerGroupCommand`,
  ]
  const scenes = {
    describe: '--describe',
    'plan a reset of': '--reset-offsets --all-topics --to-latest --dry-run',
    reset: '--reset-offsets --all-topics --to-latest --execute',
  }
  for (const [what, options] of Object.entries(scenes)) {
    const line = (tool) =>
      tool && `${tool} --bootstrap-server ${broker.server} --all-groups ${options} > ${bench.output}`
    await bench.compare({
      name: `${what} ${GROUPS.toLocaleString('en')} groups × ${PARTITIONS} partitions on ${broker.name}`,
      goal: '≥ 7 × Apache’s',
      wants: { 'Apache’s': 7 },
      ours: line(own),
      peers: { 'Apache’s': line(apaches) },
    })
  }
  bench.sh(`${kts} groups -b ${broker.server} --delete --all-groups`)
}

async function growth(bench) {
  const { kts, bundled, quick } = bench
  const points = []
  for (const count of quick ? [100, 1000] : [100, 1000, 4000]) {
    makeGroups(bench, bundled, 'grow', count)
    const { wall } = await timeOnce(`${kts} groups -b ${bundled.server} --describe --all-groups > ${bench.output}`)
    points.push({ count, wall })
  }
  const [before, last] = points.slice(-2)
  bench.figure({
    name: `describe groups × ${PARTITIONS} partitions on ${bundled.name}`,
    goal: 'linear or better',
    figure: points.map(({ count, wall }) => `${count.toLocaleString('en')}: ${wall.toFixed(2)} s`).join(', '),
    isMet: last.wall / before.wall <= (last.count / before.count) * 1.5,
  })
  bench.sh(`${kts} groups -b ${bundled.server} --delete --all-groups`)
}

/** Groups without members that have committed for every partition of one topic. */
function makeGroups(bench, broker, prefix, count) {
  const topic = bench.newTopic(broker, { partitions: PARTITIONS })
  const plan = join(bench.folder, `${prefix}.csv`)
  const lines = Array.from(
    { length: count * PARTITIONS },
    (_, i) => `${prefix}-${Math.floor(i / PARTITIONS)},${topic},${i % PARTITIONS},0\n`,
  )
  writeFileSync(plan, lines.join(''))
  bench.sh(
    `XDG_STATE_HOME=${bench.folder} ${bench.kts} groups -b ${broker.server} --reset-offsets --from-file ${plan} --new-group --execute`,
  )
}

/** Where in a round of heartbeats the last member joins is chance, so that one sample tells little. */
async function settling(bench) {
  const { bundled, quick } = bench
  const topic = bench.newTopic(bundled, { partitions: MEMBER_PARTITIONS })
  const samples = []
  for (let n = 0; n < (quick ? 1 : SAMPLES); n += 1) samples.push(await settlingSeconds(bench, topic, `crowd-${n}`))
  const seconds = median(samples)
  bench.figure({
    name: `${MEMBERS} members over ${MEMBER_PARTITIONS} partitions on ${bundled.name}`,
    goal: 'settled 2 s after the last join',
    figure: `${seconds.toFixed(2)} s (${Math.min(...samples).toFixed(2)} to ${Math.max(...samples).toFixed(2)})`,
    isMet: seconds < 2,
  })
}

/** From the moment that the last of many members is in the group to the moment that everyone has their partitions. */
async function settlingSeconds({ kts, bundled, sh }, topic, group) {
  const members = Array.from({ length: MEMBERS }, () =>
    spawn('bash', ['-c', `exec ${kts} consume -b ${bundled.server} --topic ${topic} --group ${group}`], {
      stdio: 'ignore',
    }),
  )
  try {
    const state = () =>
      JSON.parse(sh(`${kts} groups -b ${bundled.server} --describe --group ${group} --members --json || true`))[0]
    const until = async (condition) => {
      for (let seen = state(); ; seen = state()) if (seen.members && condition(seen)) return performance.now()
    }
    const joined = await until(({ members: seen }) => seen.length === MEMBERS)
    const settled = await until(
      ({ state: name, members: seen }) =>
        name === 'Stable' &&
        seen.length === MEMBERS &&
        seen.every(({ assignment }) => assignment.length === MEMBER_PARTITIONS / MEMBERS),
    )
    return (settled - joined) / 1000
  } finally {
    for (const member of members) member.kill('SIGKILL')
  }
}
