// Who works while the broker is killed.
import { protocol } from '../support/protocol.mjs'
import { runKafkajsMember } from './kafkajs-member.mjs'
import { runMember } from './member.mjs'
import { runIdempotent, runPlain } from './producers.mjs'
import { runTransactional } from './transactions.mjs'

const PRODUCERS = [
  { run: runPlain, name: 'plain-a' },
  { run: runPlain, name: 'plain-b' },
  { run: runIdempotent, name: 'idempotent-a' },
  { run: runIdempotent, name: 'idempotent-b' },
  { run: runIdempotent, name: 'keyed', isKeyed: true },
  { run: runTransactional, name: 'transactional-new', version: 2 },
  { run: runTransactional, name: 'transactional-old', version: 0 },
]
const MEMBERS = 2

/**
 * Starts producers to both topics and two groups that read `main`. `failure` rejects when one of them meets what no
 * kill explains; `producers` and `consumers` resolve when all of them have come to their end.
 */
export function startClients(cluster, ledger, [classic, modern], { main, keyed, seed }) {
  let fail
  const failure = new Promise((_, reject) => {
    fail = reject
  })
  const guarded = (promise) => {
    promise.catch(fail)
    return promise
  }
  const random = protocol.createRandom(seed)
  const producers = PRODUCERS.map(({ run, ...options }) => {
    const { name: topic, partitions } = options.isKeyed ? keyed : main
    return guarded(run(cluster, ledger, { topic, partitions, random, ...options }))
  })
  const members = Array.from({ length: MEMBERS }, () => [
    guarded(runMember(cluster, modern, { random })),
    guarded(runKafkajsMember(cluster, classic)),
  ])
  return {
    failure,
    producers: Promise.all(producers),
    consumers: Promise.all(members.flat()),
  }
}
