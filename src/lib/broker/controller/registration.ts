import { KafkaError } from '../../errors.ts'
import type { BrokerRegistrationRequest } from '../../protocol/apis/broker-registration.ts'
import type { NewMetadataRecord } from '../../protocol/internal-records/index.ts'
import { isReservedDirectory } from '../state/cluster/directory-ids.ts'
import type { BrokerRegistration } from '../state/cluster/types.ts'
import { brokerHasStopped } from './broker-changes.ts'
import type { ControllerView } from './view.ts'

/** The first version that tells of the broker's last run: before, each stop is taken for a crash (KIP-966). */
const PREVIOUS_EPOCH_FROM = 3

/**
 * The records of a broker that makes itself known, its registration last (ClusterControlManager.registerBroker). One
 * that is registered already, in the same run, keeps its epoch. Throws KafkaError INVALID_REGISTRATION,
 * UNSUPPORTED_VERSION.
 */
export function registrationRecords(
  view: ControllerView,
  request: BrokerRegistrationRequest,
  apiVersion: number,
): { readonly records: readonly NewMetadataRecord[]; readonly epoch: bigint } {
  const { cluster } = view
  const { brokerId, incarnationId } = request
  checkDirectories(view, request)
  checkFeatures(view, request.features)
  const before = cluster.registration(brokerId)
  const isSameRun = before?.incarnationId === incarnationId
  const epoch = isSameRun ? before.epoch : cluster.metadataOffset
  const isClean = apiVersion >= PREVIOUS_EPOCH_FROM && before?.epoch === request.previousBrokerEpoch
  return {
    records: [
      ...(isSameRun ? [] : brokerHasStopped(view, brokerId, isClean)),
      registrationRecord(request, epoch, isSameRun ? before : undefined),
    ],
    epoch,
  }
}

const registrationRecord = (
  { brokerId, incarnationId, rack, listeners, features, logDirs }: BrokerRegistrationRequest,
  brokerEpoch: bigint,
  amended: BrokerRegistration | undefined,
): NewMetadataRecord => ({
  type: 'REGISTER_BROKER_RECORD',
  brokerId,
  incarnationId,
  brokerEpoch,
  endPoints: listeners,
  features,
  rack,
  fenced: amended?.isFenced ?? true,
  inControlledShutdown: amended?.isInControlledShutdown ?? false,
  logDirs,
})

function checkDirectories({ cluster }: ControllerView, { brokerId, logDirs }: BrokerRegistrationRequest): void {
  if (logDirs.length === 0) throw refused('No directories specified in request')
  if (logDirs.some(isReservedDirectory)) throw refused('Reserved directory ID in request')
  if (new Set(logDirs).size !== logDirs.length) throw refused('Duplicate directory ID in request')
  for (const { nodeId, directories } of cluster.registrations()) {
    const taken = nodeId === brokerId ? undefined : logDirs.find((id) => directories.includes(id))
    if (taken !== undefined) throw refused(`Broker ${nodeId} is already registered with directory ${taken}`)
  }
}

/** A broker must be able to do what the cluster has agreed on: all of it, also what it does not speak of. */
function checkFeatures({ cluster }: ControllerView, features: BrokerRegistrationRequest['features']): void {
  const levels = cluster.featureLevels()
  for (const { name, minSupportedVersion: least, maxSupportedVersion: most } of features) {
    const level = levels.get(name) ?? 0
    if (level < least || level > most) throw unsupported(name, level, least, most)
  }
  const isNamed = (name: string): boolean => features.some((feature) => feature.name === name)
  if (!isNamed('metadata.version')) throw refused("Request features do not contain 'metadata.version'")
  for (const [name, level] of levels) if (level !== 0 && !isNamed(name)) throw unsupported(name, level, 0, 0)
}

const refused = (message: string): KafkaError => new KafkaError('INVALID_REGISTRATION', message)

const unsupported = (name: string, level: number, least: number, most: number): KafkaError =>
  new KafkaError(
    'UNSUPPORTED_VERSION',
    `Unable to register because the broker does not support finalized version ${level} of ${name}. The broker wants a ` +
      `version between ${least} and ${most}, inclusive.`,
  )
