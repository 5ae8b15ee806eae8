import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { createInterface } from 'node:readline'
import { startProcess } from '../support/processes.mjs'

/**
 * Runs the seeds from `first` to `last` in as many processes as there are processors, and tells `onOutcome` of each as
 * it ends. What a run tells besides is printed. When `onOutcome` returns true, the rest is left.
 */
export async function trySeeds(file, { first, last, isTold = false }, onOutcome) {
  const count = Math.min(availableParallelism(), last - first + 1)
  const workers = Array.from({ length: count }, (_, index) => startWorker(file, [first + index, last, count], isTold))
  let isEnough = false
  const hear = async (worker) => {
    const ended = once(worker, 'close')
    for await (const line of createInterface({ input: worker.stdout })) {
      if (!line.startsWith('{')) console.log(line)
      else if (!isEnough && onOutcome(JSON.parse(line)) === true) {
        isEnough = true
        for (const each of workers) each.kill()
      }
    }
    const [code, signal] = await ended
    if (code !== 0 && !isEnough) throw new Error(`a process that runs seeds has ended with ${code ?? signal}`)
  }
  await Promise.all(workers.map(hear))
}

/** Errors note where they were thrown only where somebody reads it: every refusal is an error, and it takes time. */
function startWorker(file, seeds, isTold) {
  const flags = isTold ? ['--enable-source-maps'] : ['--stack-trace-limit=0']
  const args = [...flags, '--max-semi-space-size=32', file, ...seeds.map(String), ...(isTold ? ['told'] : [])]
  return startProcess(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
}
