import { isSecretProperty } from '../client/known-properties.ts'

/** The value of a property as it may be shown: secrets are hidden, as Kafka hides them. */
export const mask = (property: string, value: string): string => (isSecretProperty(property) ? '[hidden]' : value)

/** Whether a value in a profile only names the variable that holds it. */
export const isVariable = (value: string): boolean => /^\$\{[A-Za-z_][A-Za-z0-9_]*\}$/.test(value)
