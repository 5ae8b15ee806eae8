/**
 * Cases that cannot pass yet, each with what they wait for. A case that passes all the same fails the suite: take it
 * out.
 */
export const WAITING = {}
