const BROKER = 'src/lib/broker'
const LEADERSHIP = `${BROKER}/state/leadership.ts`
const PARTITION = `${BROKER}/state/partition.ts`
const FETCHER = `${BROKER}/replication/leader-fetcher.ts`
const FETCH = `${BROKER}/handlers/fetch.ts`
const CHANGE = `${BROKER}/controller/partition-change.ts`
const ALTER = `${BROKER}/controller/alter-partition.ts`
const BROKERS = `${BROKER}/controller/broker-changes.ts`

const BUGS = [
  {
    name: 'the high watermark does not wait for the ISR',
    foundBy: 1,
    file: LEADERSHIP,
    from: 'if (state.endOffset >= committed) continue',
    to: 'if (state.endOffset >= committed || logEndOffset > 0n) continue',
  },
  {
    name: 'a follower joins the ISR without all from before the epoch',
    foundBy: 2,
    file: LEADERSHIP,
    from: 'const isBehind = endOffset < highWatermark || endOffset < this.startOffset',
    to: 'const isBehind = endOffset < highWatermark',
  },
  {
    // One of the two alone is hidden by the other: whoever is asked for has caught up.
    name: 'members asked for do not count before they are confirmed, nor do those who have caught up',
    foundBy: 25,
    file: LEADERSHIP,
    from: 'return this.proposal?.isExpansion ? this.proposal.isr : this.isr',
    to: 'return this.isr',
    also: {
      file: LEADERSHIP,
      from: 'if (maximalIsr.includes(nodeId) || (this.isCaughtUp(state, logEndOffset) && this.isEligible(nodeId)))',
      to: 'if (maximalIsr.includes(nodeId))',
    },
  },
  {
    name: 'a smaller ISR counts before the controller has confirmed it',
    foundBy: 3,
    file: LEADERSHIP,
    from: 'return this.proposal?.isExpansion ? this.proposal.isr : this.isr',
    to: 'return this.proposal ? this.proposal.isr : this.isr',
  },
  {
    name: 'a new leader takes all that it has to be committed',
    foundBy: 1,
    file: PARTITION,
    from: '    this.leadership = new Leadership(registration, this.log.logEndOffset, this.context)',
    to: '    this.leadership = new Leadership(registration, this.log.logEndOffset, this.context)\n    this.log.highWatermark = this.log.logEndOffset',
  },
  {
    name: 'a leader commits with fewer in sync than min.insync.replicas',
    foundBy: 1,
    file: PARTITION,
    from: 'if (!leadership || this.isAlone || leadership.isr.length < this.effectiveMinIsr) return',
    to: 'if (!leadership || this.isAlone) return',
  },
  {
    name: 'a leader does not see that a follower has other records',
    foundBy: 7,
    file: FETCH,
    from: 'return leaderEpoch < lastFetchedEpoch || endOffset < fetchOffset ? { epoch: leaderEpoch, endOffset } : null',
    to: 'return null',
  },
  {
    name: 'a follower cuts its log at its high watermark, not by epochs',
    foundBy: 23,
    file: FETCHER,
    from: 'const offset = truncationOffset(log, diverging)',
    to: 'void truncationOffset\n    const offset = highWatermark',
  },
  {
    // The epoch that a follower names alone guards nothing here: what its log ends with is compared as well.
    name: 'a follower counts whose records are other ones',
    foundBy: 23,
    file: FETCH,
    from: 'if (divergingEpoch) return { divergingEpoch, records: NOTHING }',
    to: `if (divergingEpoch && isFollower(reader) && isFirst) partition.onFollowerFetch(followerFetch(reader, wanted))
    if (divergingEpoch) return { divergingEpoch, records: NOTHING }`,
  },
  {
    name: 'whoever waits for a commit is told of it when the leader leads no longer',
    foundBy: 12,
    file: `${BROKER}/state/waiters.ts`,
    from: 'for (const waiter of this.waiting ?? []) waiter.reject(error)',
    to: 'for (const waiter of this.waiting ?? []) waiter.resolve()',
  },
  {
    name: 'readers see what is not committed',
    foundBy: 1,
    file: FETCH,
    from: 'isHeld ? wanted.fetchOffset : partition.endFor(reader.isolation)',
    to: 'isHeld ? wanted.fetchOffset : log.logEndOffset',
  },
  {
    name: 'readers of committed data see open transactions',
    foundBy: 1,
    file: PARTITION,
    from: 'if (unstable === null || unstable >= highWatermark) return highWatermark',
    to: 'if (unstable === null || unstable >= 0n) return highWatermark',
  },
  {
    name: 'acks=all is answered before it is committed',
    foundBy: 1,
    file: `${BROKER}/handlers/produce.ts`,
    from: 'if (committed) write.uncommitted.set(answer, { topic, partition, committed })',
    to: 'committed?.catch(() => {})',
  },
  {
    name: 'coordinators answer before it is committed',
    foundBy: 2,
    file: `${BROKER}/handlers/shared/coordinated.ts`,
    from: 'if (!committed) return answer',
    to: 'if (!committed || !(answer instanceof Promise)) {\n      void Promise.resolve(committed).catch(() => {})\n      return answer\n    }',
  },
  {
    // The partition epoch alone would not do: a leader commits nothing without those it has asked for, until it hears
    // what the controller says.
    name: 'the controller takes a former leader at its word',
    foundBy: 22,
    file: ALTER,
    from: "if (wanted.leaderEpoch < before.leaderEpoch) return 'FENCED_LEADER_EPOCH'",
    to: '',
    also: [
      { file: ALTER, from: "if (brokerId !== before.leader) return 'INVALID_REQUEST'", to: '' },
      {
        file: ALTER,
        from: "if (wanted.partitionEpoch < before.partitionEpoch) return 'INVALID_UPDATE_VERSION'",
        to: '',
      },
    ],
  },
  {
    name: 'the controller lets a run of a broker into the ISR that is over',
    foundBy: 2,
    file: ALTER,
    from: 'return brokerEpoch === -1n || brokerEpoch === broker.epoch',
    to: 'return brokerEpoch >= -1n',
    also: {
      file: LEADERSHIP,
      from: '(brokerEpoch === -1n || brokerEpoch === registration.epoch)',
      to: 'brokerEpoch !== undefined',
    },
  },
  {
    name: 'a fenced broker stays in the ISR',
    foundBy: 1,
    file: BROKERS,
    from: '  ...leaderAndIsrChanges(view, inSyncOn(view, nodeId), { removed: nodeId }),\n  registrationChange(nodeId, epoch, { fenced: FENCE }),',
    to: '  registrationChange(nodeId, epoch, { fenced: FENCE }),',
  },
  {
    name: 'a broker that has lost data stays eligible',
    file: `${BROKER}/controller/registration.ts`,
    from: 'const isClean = apiVersion >= PREVIOUS_EPOCH_FROM && before?.epoch === request.previousBrokerEpoch',
    to: 'const isClean = apiVersion >= PREVIOUS_EPOCH_FROM',
  },
  {
    // To forget them instead costs no record: the last known leader has them all.
    name: 'whoever has left the ISR stays eligible when it is large enough without',
    foundBy: 1,
    file: CHANGE,
    from: 'if (isr.length >= minIsr) return []',
    to: '',
  },
  {
    name: 'anybody is elected when nobody is in sync',
    foundBy: 2,
    file: CHANGE,
    from: "const anybody = election === 'unclean' ? replicas.find(rules.isAcceptableLeader) : undefined",
    to: 'const anybody = replicas.find(rules.isAcceptableLeader)',
  },
  {
    name: 'markers of a transaction are forgotten',
    foundBy: 1,
    file: `${BROKER}/state/coordinators/markers.ts`,
    from: 'return new Promise((resolve, reject) => this.enqueue(leader, { topic, partition, end, resolve, reject }))',
    to: 'return undefined',
  },
  {
    name: 'markers go out before the decision is committed',
    foundBy: 1,
    file: `${BROKER}/state/transactions/complete.ts`,
    from: '  if (!decided) return writeMarkers(context, transaction)',
    to: '  decided?.catch(() => {})\n  if (context) return writeMarkers(context, transaction)',
  },
  {
    name: 'a batch that comes again is not known again',
    foundBy: 4,
    file: `${BROKER}/log/producer-state.ts`,
    from: "const duplicate = origin === 'client' ? findDuplicate(entry, batch) : null",
    to: 'const duplicate = null',
  },
  {
    name: 'followers do not learn what producers have sent',
    foundBy: 1,
    file: `${BROKER}/log/log.ts`,
    from: '        this.write(records.subarray(run[0]!.at, at + header.sizeInBytes), run)',
    to: `        const { update } = this.parts.producers
        this.parts.producers.update = () => {}
        this.write(records.subarray(run[0]!.at, at + header.sizeInBytes), run)
        this.parts.producers.update = update`,
  },
  {
    name: 'the high watermark of a follower runs ahead of its leader',
    foundBy: 1,
    file: PARTITION,
    from: 'if (known > this.highWatermark) this.log.highWatermark = known',
    to: 'void known\n    this.log.highWatermark = this.log.logEndOffset',
  },
]

/**
 * Bugs that the simulation has to find, each planted by replacing texts of the sources, and a seed that has found it:
 * that one is tried first.
 */
export const MUTANTS = BUGS.map(({ name, foundBy, also = [], ...edit }) => ({
  name,
  foundBy,
  edits: [edit, ...[also].flat()],
}))
