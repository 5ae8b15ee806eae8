import { acts, atLeast, bool, clusterWide, int, internal, short, tuning } from './definition.ts'

/** Transactions and idempotent producers. */
export const TRANSACTION_CONFIGS = {
  'add.partitions.to.txn.retry.backoff.max.ms': int(100, atLeast(0), tuning),
  'add.partitions.to.txn.retry.backoff.ms': int(20, atLeast(1), tuning),
  'producer.id.expiration.check.interval.ms': int(600000, atLeast(1), internal),
  'producer.id.expiration.ms': int(
    86400000,
    atLeast(1),
    clusterWide,
    acts('How long a producer that is silent is remembered.'),
  ),
  'transaction.abort.timed.out.transaction.cleanup.interval.ms': int(
    10000,
    atLeast(1),
    acts('How often transactions are looked for that have been open for too long.'),
  ),
  'transaction.max.timeout.ms': int(
    900000,
    atLeast(1),
    acts('The longest transaction.timeout.ms that a producer may ask for.'),
  ),
  'transaction.partition.verification.enable': bool(
    true,
    null,
    clusterWide,
    acts('Whether a write in a transaction is refused in a partition that is not part of it.'),
  ),
  'transaction.remove.expired.transaction.cleanup.interval.ms': int(
    3600000,
    atLeast(1),
    acts('How often transactional ids are looked for that nobody uses any more.'),
  ),
  'transaction.state.log.load.buffer.size': int(5242880, atLeast(1), tuning),
  'transaction.state.log.min.isr': int(
    2,
    atLeast(1),
    acts('min.insync.replicas of __transaction_state; no more than there are brokers.'),
  ),
  'transaction.state.log.num.partitions': int(
    50,
    atLeast(1),
    acts('Partitions that __transaction_state is made with.'),
  ),
  'transaction.state.log.replication.factor': short(
    3,
    atLeast(1),
    acts('Replicas that __transaction_state is made with; no more than there are brokers.'),
  ),
  'transaction.state.log.segment.bytes': int(104857600, atLeast(1), acts('segment.bytes of __transaction_state.')),
  'transaction.two.phase.commit.enable': bool(false),
  'transactional.id.expiration.ms': int(
    604800000,
    atLeast(1),
    acts('How long a transactional id is remembered that nobody uses.'),
  ),
}
