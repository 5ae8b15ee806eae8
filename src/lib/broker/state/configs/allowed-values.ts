import type { ConfigType, Definition, Validator } from './definitions/definition.ts'

/** What a setting may be, in words. */
export function allowedValues({ type, validator }: Definition): string {
  if (type === 'BOOLEAN') return 'true or false'
  const what = TYPE_WORDS[type]
  switch (validator?.kind) {
    case 'range':
      return `${what} ${rangeWords(validator)}${validator.or === undefined ? '' : ` or ${validator.or}`}`
    case 'oneOf':
      return `one of ${validator.values.join(', ')}`
    case 'items':
      return validator.values ? `a list of ${validator.values.join(', ')}` : what
    case 'notEmpty':
      return 'any text but none'
    case 'throttledReplicas':
      return '* or partition:broker,…'
    case 'offsetReset':
      return 'earliest, latest or by_duration:<PnDTnHnMn.nS>'
    default:
      return what
  }
}

const TYPE_WORDS: Record<ConfigType, string> = {
  BOOLEAN: 'true or false',
  STRING: 'text',
  INT: 'an integer of 32 bits',
  SHORT: 'an integer of 16 bits',
  LONG: 'an integer of 64 bits',
  DOUBLE: 'a number',
  LIST: 'a list separated by commas',
  CLASS: 'the name of a Java class',
  PASSWORD: 'text',
}

const rangeWords = ({ min, max }: Extract<Validator, { kind: 'range' }>): string =>
  max === undefined ? `from ${min} on` : `from ${min} to ${max}`
