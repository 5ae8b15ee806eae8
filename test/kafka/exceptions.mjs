import { WAITING } from '../conformance/waiting.mjs'

/** Cases that cannot pass in a pairing, each with its reason. One that passes all the same fails the suite: take it out. */
const EXCEPTIONS = {}

export function exceptionsOf(pairing) {
  return { ...(pairing.startsWith('kts ') ? WAITING : {}), ...EXCEPTIONS[pairing] }
}
