// Times whole commands in turn (A B A B …), so that a machine whose speed drifts is no one's advantage.
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** Runs a shell line once: wall and CPU seconds as the shell's own `time` accounts for them. */
export function timeOnce(line) {
  return new Promise((resolve, reject) => {
    const child = spawn('bash', ['-c', `TIMEFORMAT='%R %U %S'; time { ${line}; } 2>/dev/null`], {
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    let said = ''
    child.stderr.on('data', (chunk) => {
      said += chunk
    })
    child.once('close', (code) => {
      const [wall, user, system] = said.trim().split('\n').at(-1).split(' ').map(Number)
      if (code !== 0) reject(new Error(`exit code ${code}: ${line}`))
      else resolve({ wall, cpu: user + system })
    })
  })
}

export const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]

/** What takes less is run more often: its figures vary more. */
const SHORT_S = 2
const RUNS = { short: 9, long: 5 }

/**
 * One row: our command and its peers, each `runs` times in turn after a warm-up, by default as its length demands;
 * `before` prepares each run.
 */
export async function compare({ name, runs, ours, peers, before = async () => {} }) {
  const contestants = [{ name: 'kts', line: ours }, ...peers]
  const figures = new Map(contestants.map((contestant) => [contestant.name, []]))
  const runAll = async (keep) => {
    for (const contestant of contestants)
      keep(contestant, await timeOnce(await resolveLine(contestant.line, await before(contestant.name))))
  }
  let longest = 0
  await runAll((_, { wall }) => {
    longest = Math.max(longest, wall)
  })
  const times = runs ?? (longest < SHORT_S ? RUNS.short : RUNS.long)
  for (let run = 0; run < times; run += 1) await runAll(({ name }, figure) => figures.get(name).push(figure))
  const result = contestants.map((contestant) => ({
    who: contestant.name,
    wall: median(figures.get(contestant.name).map(({ wall }) => wall)),
    cpu: median(figures.get(contestant.name).map(({ cpu }) => cpu)),
  }))
  return { name, runs: times, result }
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
