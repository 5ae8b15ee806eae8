import { SchemaError } from '../../format.ts'

/** Records, arrays and maps within each other: more would come near the end of the stack. */
export const DEEPEST_VALUE = 500

const LONGEST_PATH = 120

/**
 * What in a payload or a JSON text does not fit the schema. Whoever catches it on its way out says which step it took,
 * so that the way costs nothing while all is well. No Error: nobody reads its stack, and hostile bytes make millions.
 */
export class Misfit {
  private readonly steps: string[] = []

  constructor(private readonly reason: string) {}

  /** To be thrown on. */
  within(step: string): this {
    this.steps.push(step)
    return this
  }

  asSchemaError(): SchemaError {
    const path = this.steps.reverse().join('').replace(/^\./, '')
    const shown =
      path.length > LONGEST_PATH ? `${path.slice(0, LONGEST_PATH / 2)}…${path.slice(-LONGEST_PATH / 2)}` : path
    return new SchemaError(shown === '' ? this.reason : `${shown}: ${this.reason}`)
  }
}

/** What is caught within a field, an item or a value of a map, to be thrown on with the step to it. */
export const caughtWithin = (error: unknown, step: () => string): unknown =>
  error instanceof Misfit ? error.within(step()) : error
