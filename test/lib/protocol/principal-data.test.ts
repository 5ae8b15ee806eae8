import { expect, it } from 'vitest'
import { MalformedError } from '../../../src/lib/errors.ts'
import { decodePrincipalData, encodePrincipalData } from '../../../src/lib/protocol/principal-data.ts'

/** Bytes of Kafka's DefaultKafkaPrincipalBuilder. */
it.each([
  ['000005557365720a414e4f4e594d4f55530000', { type: 'User', name: 'ANONYMOUS', tokenAuthenticated: false }],
  ['0000055573657206c3bc6ec3af0100', { type: 'User', name: 'ünï', tokenAuthenticated: true }],
])('is as Kafka has it: %s', (hex, principal) => {
  expect(encodePrincipalData(principal).toString('hex')).toBe(hex)
  expect(decodePrincipalData(Buffer.from(hex, 'hex'))).toEqual(principal)
})

it.each([
  ['00', '2 bytes wanted at 0, 1 left'],
  ['0001', 'Version 1 of DefaultPrincipalData is not known, the latest is 0.'],
  ['00000161', '96 bytes wanted at 4, 0 left'],
  ['00000101000000', '1 bytes past the end of a principal'],
])('is refused: %s', (hex, message) => {
  expect(() => decodePrincipalData(Buffer.from(hex, 'hex'))).toThrow(new MalformedError(message))
})
