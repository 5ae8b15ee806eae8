import { type ExactJson, JsonNumber } from '../../exact-json.ts'
import { SchemaError } from '../../format.ts'

/** A value that its field does not take; whoever holds it adds where it stands. */
export class Misfit extends Error {
  private path = ''

  /** Calls `write`, and puts `step` (`.name`, `[2]`) before the path of what does not fit. */
  static within(step: string | number, write: () => void): void {
    try {
      write()
    } catch (error) {
      if (error instanceof Misfit) error.path = (typeof step === 'number' ? `[${step}]` : `.${step}`) + error.path
      throw error
    }
  }

  asSchemaError(): SchemaError {
    return new SchemaError(this.path === '' ? this.message : `${this.path.replace(/^\./, '')}: ${this.message}`)
  }
}

/** A value in a message, cut where it is long. */
export function shown(json: ExactJson): string {
  if (json instanceof Map) return 'an object'
  if (Array.isArray(json)) return 'an array'
  const text = json instanceof JsonNumber ? json.text : JSON.stringify(json)
  return text.length > 60 ? `${text.slice(0, 60)}…` : text
}
