import { isSecretProperty } from '../client/known-properties.ts'

const HIDDEN = '[hidden]'

/**
 * The value of a property as it may be shown: secrets are hidden, as Kafka hides them, and those in a URL, its user and
 * what it asks for.
 */
export function mask(property: string, value: string): string {
  if (isSecretProperty(property)) return HIDDEN
  return value.replace(/(\w:\/\/)[^/@,]*@/g, `$1${HIDDEN}@`).replace(/(\w:\/\/[^?]*\?).*$/s, `$1${HIDDEN}`)
}

/** Whether there is something to hide in a value. */
export const isSecret = (property: string, value: string): boolean => mask(property, value) !== value

/** Whether a value in a profile only names the variable that holds it. */
export const isVariable = (value: string): boolean => /^\$\{[A-Za-z_][A-Za-z0-9_]*\}$/.test(value)
