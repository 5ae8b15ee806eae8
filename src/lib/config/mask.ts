import { isSecretProperty } from '../client/known-properties.ts'

/** The value of a property as it may be shown: secrets are hidden, as Kafka hides them, and so is who asks in a URL. */
export const mask = (property: string, value: string): string =>
  isSecretProperty(property) ? '[hidden]' : value.replace(USER_IN_URL, '://[hidden]@')

const USER_IN_URL = /:\/\/[^/@,]*@/g

/** Whether there is something to hide in a value. */
export const isSecret = (property: string, value: string): boolean => mask(property, value) !== value

/** Whether a value in a profile only names the variable that holds it. */
export const isVariable = (value: string): boolean => /^\$\{[A-Za-z_][A-Za-z0-9_]*\}$/.test(value)
