import { acts, atLeast, bool, clusterWide, int, internal, short } from './definition.ts'

/** Transactions and idempotent producers. */
export const TRANSACTION_CONFIGS = {
  'add.partitions.to.txn.retry.backoff.max.ms': int(100, atLeast(0)),
  'add.partitions.to.txn.retry.backoff.ms': int(20, atLeast(1)),
  'producer.id.expiration.check.interval.ms': int(600000, atLeast(1), internal),
  'producer.id.expiration.ms': int(86400000, atLeast(1), clusterWide, acts('How long a producer that is silent is remembered.')),
  'transaction.abort.timed.out.transaction.cleanup.interval.ms': int(10000, atLeast(1)),
  'transaction.max.timeout.ms': int(900000, atLeast(1)),
  'transaction.partition.verification.enable': bool(true, null, clusterWide),
  'transaction.remove.expired.transaction.cleanup.interval.ms': int(3600000, atLeast(1)),
  'transaction.state.log.load.buffer.size': int(5242880, atLeast(1)),
  'transaction.state.log.min.isr': int(2, atLeast(1)),
  'transaction.state.log.num.partitions': int(50, atLeast(1)),
  'transaction.state.log.replication.factor': short(3, atLeast(1)),
  'transaction.state.log.segment.bytes': int(104857600, atLeast(1)),
  'transaction.two.phase.commit.enable': bool(false),
  'transactional.id.expiration.ms': int(604800000, atLeast(1)),
}
