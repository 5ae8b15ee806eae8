// Times whole commands in turn (A B A B …), so that a machine whose speed drifts is no one's advantage.
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** Of what a command says on stderr, so much is shown when it fails. */
const MOST_SAID = 2000

/** Runs a shell line once: wall and CPU seconds as the shell's own `time` accounts for them. */
export function timeOnce(line) {
  return new Promise((resolve, reject) => {
    const child = spawn('bash', ['-c', `TIMEFORMAT='%R %U %S'; time { ${line}; }`], {
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    let said = ''
    child.stderr.on('data', (chunk) => {
      said = (said + chunk).slice(-MOST_SAID)
    })
    child.once('close', (code) => {
      const [wall, user, system] = said.trim().split('\n').at(-1).split(' ').map(Number)
      if (code !== 0) reject(new Error(`exit code ${code}: ${line}\n${said}`))
      else resolve({ wall, cpu: user + system })
    })
  })
}

export const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]

/** Runs of a row by the longest of its lines, in seconds: what takes less is run more often, its figures vary more. */
const RUNS = [
  { belowS: 8, runs: 9 },
  { belowS: 30, runs: 5 },
  { belowS: Infinity, runs: 3 },
]
/** A peer without a goal is there to compare: where it is slow it is run so often and no more. */
const SLOW_WITHOUT_GOAL = { fromS: 3, runs: 3 }

/**
 * One row: our command and its peers in turn after a warm-up, as often as the longest of those that count demands, or
 * `runs` times; `before` prepares each run.
 */
export async function compare({ runs, ours, peers, before = async () => {} }) {
  const contestants = [{ name: 'kts', line: ours, hasGoal: true }, ...peers]
  const once = async ({ name, line }) => await timeOnce(await resolveLine(line, await before(name)))
  for (const contestant of contestants) contestant.firstS = (await once(contestant)).wall
  const longest = Math.max(...contestants.filter(({ hasGoal }) => hasGoal).map(({ firstS }) => firstS))
  const most = runs ?? RUNS.find(({ belowS }) => longest < belowS).runs
  for (const contestant of contestants) {
    const isShort = contestant.hasGoal || contestant.firstS < SLOW_WITHOUT_GOAL.fromS
    Object.assign(contestant, { runs: isShort ? most : Math.min(most, SLOW_WITHOUT_GOAL.runs), figures: [] })
  }
  for (let run = 0; run < most; run += 1)
    for (const contestant of contestants) if (run < contestant.runs) contestant.figures.push(await once(contestant))
  return contestants.map(({ name, figures }) => ({
    who: name,
    runs: figures.length,
    wall: median(figures.map(({ wall }) => wall)),
    cpu: median(figures.map(({ cpu }) => cpu)),
  }))
}

const resolveLine = async (line, prepared) => (typeof line === 'function' ? line(prepared) : line)

/** Peak resident memory of a living process, in bytes (Linux). */
export function peakMemory(pid) {
  return statusOf(pid, 'VmHWM')
}

/** Resident memory of a process, in bytes (Linux); NaN when it has ended. */
export function memoryOf(pid) {
  return statusOf(pid, 'VmRSS')
}

function statusOf(pid, name) {
  try {
    return Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024
  } catch {
    return NaN
  }
}

/** Runs a command to its end and tells its memory: the peak, and how much of it came in the second half. */
export async function memoryCourse(line) {
  const child = spawn('bash', ['-c', `exec ${line}`], { stdio: ['ignore', 'ignore', 'inherit'] })
  const samples = []
  const timer = setInterval(() => samples.push(memoryOf(child.pid)), 50)
  const code = await new Promise((resolve) => child.once('close', resolve))
  clearInterval(timer)
  if (code !== 0) throw new Error(`exit code ${code}: ${line}`)
  const known = samples.filter((bytes) => bytes > 0)
  const half = Math.floor(known.length / 2)
  return {
    peak: Math.max(...known),
    firstHalf: Math.max(...known.slice(0, half)),
    secondHalf: Math.max(...known.slice(half)),
  }
}
