// Running one case. A handler returns what the tool did (to record or compare), or nothing.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { normalise } from './normalise.mjs'

/** The result of a job, which is killed when it takes too long. */
export async function finish({ signal, done }, seconds) {
  let late = false
  const timer = setTimeout(() => {
    late = true
    signal('SIGKILL')
  }, seconds * 1000)
  const result = await done.finally(() => clearTimeout(timer))
  if (late) throw new Error(`no exit within ${seconds} s`)
  return result
}

const expand = (text, vars) => text.replace(/\{([A-Za-z][\w.]*)\}/g, (whole, name) => vars[name] ?? whole)

/** Input in a case: a string as it is; a list of lines, each ended by a newline; or one of three short forms. */
function bytes(spec, vars) {
  if (typeof spec === 'string') return expand(spec, vars)
  if (Array.isArray(spec)) return spec.map((line) => expand(line, vars) + '\n').join('')
  if ('base64' in spec) return Buffer.from(spec.base64, 'base64')
  if ('lines' in spec) return Array.from({ length: spec.lines }, (_, i) => spec.of.replaceAll('{i}', i) + '\n').join('')
  return spec.repeat.repeat(spec.times) + (spec.then ?? '')
}

/**
 * Runs the steps in turn; `onResult` gets what each printed, normalised, and ends the case by returning false.
 * `cluster` is what kills and starts brokers: `(action, id) => Promise`.
 */
export async function runSteps(spec, { start, bootstrap, prefix, cluster, onResult }) {
  const tmp = await mkdtemp(join(tmpdir(), 'conformance-'))
  const vars = { t: prefix, bootstrap, tmp }
  const background = new Map()
  const launch = (argv, step) =>
    start(
      argv.map((arg) => expand(arg, vars)),
      step.stdin === undefined ? undefined : bytes(step.stdin, vars),
    )

  const handlers = {
    async run(step) {
      const job = launch(step.run, step)
      if (step.background) {
        background.set(step.background, { job, step })
        job.done.catch(() => {})
        return undefined
      }
      return finish(job, step.timeoutS ?? 60)
    },
    async stop(step) {
      const { job } = background.get(step.stop)
      background.delete(step.stop)
      job.signal(step.signal ?? 'SIGINT')
      return finish(job, step.timeoutS ?? 60)
    },
    async wait(step) {
      const { job } = background.get(step.wait)
      background.delete(step.wait)
      return finish(job, step.timeoutS ?? 60)
    },
    async until(step) {
      const deadline = Date.now() + (step.timeoutS ?? 30) * 1000
      for (;;) {
        const { stdout } = await finish(launch(step.until, step), 60)
        const seen = normalise(stdout, step, vars)
        if (step.matches ? new RegExp(step.matches, 'm').test(seen) : seen.includes(step.contains)) return
        if (Date.now() > deadline)
          throw new Error(
            `${step.until[0]} never said ${JSON.stringify(step.matches ?? step.contains)}; last:\n${seen}`,
          )
        await delay(300)
      }
    },
    /** `kill ID` or `start ID`: a broker dies by SIGKILL, or comes back with its own settings and folder. */
    async cluster(step) {
      const [action, id] = step.cluster.split(' ')
      await cluster(action, Number(id))
    },
    async write(step) {
      await writeFile(join(tmp, step.write), bytes(step.text, vars))
    },
    /** Remembers this moment as {NAME} (ISO, UTC) and {NAME.ms}; messages before and after get other timestamps. */
    async mark(step) {
      await delay(20)
      const now = Date.now()
      Object.assign(vars, { [step.mark]: new Date(now).toISOString(), [`${step.mark}.ms`]: String(now) })
      await delay(20)
    },
  }

  try {
    for (const [index, step] of spec.steps.entries()) {
      const kind = Object.keys(handlers).find((key) => key in step)
      if (!kind) throw new Error(`step ${index + 1} is of no known kind`)
      const result = await handlers[kind](step)
      if (!result) continue
      if (step.save) await writeFile(join(tmp, step.save), result.stdout)
      const seen = { ...result, stdout: normalise(result.stdout, step, vars) }
      for (const [name, source] of Object.entries(step.capture ?? {})) {
        const found = result.stdout.match(new RegExp(source, 'm'))
        if (!found) throw new Error(`step ${index + 1}: nothing to capture with ${source} in:\n${result.stdout}`)
        vars[name] = found[1]
      }
      if (onResult(step, seen, index) === false) return
    }
  } finally {
    for (const { job } of background.values()) job.signal('SIGKILL')
    await rm(tmp, { recursive: true, force: true })
  }
}
