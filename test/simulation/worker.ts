import { withoutRealWorld } from './globals.ts'
import { Simulation } from './simulation.ts'
import type { World } from './world.ts'

/** What became of one seed. */
export interface Outcome {
  readonly seed: number
  /** Null when all was well. */
  readonly error: string | null
  readonly events: number
  readonly simulatedMs: number
  readonly acknowledgements: number
}

let world: World

const [, , first = '1', last = first, step = '1', verbose = ''] = process.argv
withoutRealWorld(() => world)
process.on('uncaughtException', (error) => world.onBug(error))
process.on('unhandledRejection', (error) => world.onBug(error))
for (let seed = Number(first); seed <= Number(last); seed += Number(step)) report(await runSeed(seed))

async function runSeed(seed: number): Promise<Outcome> {
  const simulation = new Simulation(seed, verbose ? (line) => process.stdout.write(`${line}\n`) : undefined)
  world = simulation.world
  let error: string | null = null
  try {
    await simulation.run()
  } catch (thrown) {
    error = (thrown as Error).stack ?? String(thrown)
  }
  const { events, nowMs: simulatedMs } = world
  return { seed, error, events, simulatedMs, acknowledgements: simulation.ledger.acknowledgements }
}

function report(outcome: Outcome): void {
  process.stdout.write(`${JSON.stringify(outcome)}\n`)
}
