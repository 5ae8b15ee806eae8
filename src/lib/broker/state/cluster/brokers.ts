import type { MetadataRecordOf, NewMetadataRecord } from '../../../protocol/internal-records/index.ts'
import type { BrokerRegistration } from './types.ts'

/** BrokerRegistrationFencingChange, BrokerRegistrationInControlledShutdownChange. */
export const FENCE = 1
export const UNFENCE = -1
export const IN_CONTROLLED_SHUTDOWN = 1
const NO_CHANGE = 0

/** The brokers that have registered (ClusterImage), fenced ones too. */
export class Brokers {
  private readonly byId = new Map<number, BrokerRegistration>()

  get(nodeId: number): BrokerRegistration | undefined {
    return this.byId.get(nodeId)
  }

  all(): Iterable<BrokerRegistration> {
    return this.byId.values()
  }

  applyRegistered(record: MetadataRecordOf<'REGISTER_BROKER_RECORD'>): void {
    this.byId.set(record.brokerId, {
      nodeId: record.brokerId,
      epoch: record.brokerEpoch,
      incarnationId: record.incarnationId,
      rack: record.rack,
      endpoints: new Map(
        record.endPoints.map(({ name, host, port, securityProtocol }) => [name, { host, port, securityProtocol }]),
      ),
      features: new Map(
        record.features.map(({ name, minSupportedVersion: minVersion, maxSupportedVersion: maxVersion }) => [
          name,
          { minVersion, maxVersion },
        ]),
      ),
      isFenced: record.fenced,
      isInControlledShutdown: record.inControlledShutdown,
      directories: record.logDirs,
      cordonedDirectories: record.cordonedLogDirs,
    })
  }

  applyUnregistered({ brokerId }: MetadataRecordOf<'UNREGISTER_BROKER_RECORD'>): void {
    this.byId.delete(brokerId)
  }

  applyFencing(nodeId: number, isFenced: boolean): void {
    this.change(nodeId, { isFenced })
  }

  applyChange({
    brokerId,
    fenced,
    inControlledShutdown,
    logDirs,
    cordonedLogDirs,
  }: MetadataRecordOf<'BROKER_REGISTRATION_CHANGE_RECORD'>): void {
    this.change(brokerId, {
      ...(fenced !== NO_CHANGE && { isFenced: fenced === FENCE }),
      ...(inControlledShutdown !== NO_CHANGE && {
        isInControlledShutdown: inControlledShutdown === IN_CONTROLLED_SHUTDOWN,
      }),
      ...(logDirs.length > 0 && { directories: logDirs }),
      ...(cordonedLogDirs && { cordonedDirectories: cordonedLogDirs }),
    })
  }

  *records(): Generator<NewMetadataRecord> {
    for (const broker of this.byId.values()) yield registrationRecord(broker)
  }

  private change(nodeId: number, change: Partial<BrokerRegistration>): void {
    const before = this.byId.get(nodeId)
    if (before) this.byId.set(nodeId, { ...before, ...change })
  }
}

export const registrationRecord = (broker: BrokerRegistration): NewMetadataRecord => ({
  type: 'REGISTER_BROKER_RECORD',
  brokerId: broker.nodeId,
  brokerEpoch: broker.epoch,
  incarnationId: broker.incarnationId,
  rack: broker.rack,
  endPoints: [...broker.endpoints].map(([name, endpoint]) => ({ name, ...endpoint })),
  features: [...broker.features].map(([name, { minVersion, maxVersion }]) => ({
    name,
    minSupportedVersion: minVersion,
    maxSupportedVersion: maxVersion,
  })),
  fenced: broker.isFenced,
  inControlledShutdown: broker.isInControlledShutdown,
  logDirs: broker.directories,
  cordonedLogDirs: broker.cordonedDirectories,
})
