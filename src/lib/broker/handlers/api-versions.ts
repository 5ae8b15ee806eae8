import { ApiVersions } from '../../protocol/apis/api-versions.ts'
import { Produce } from '../../protocol/apis/produce.ts'
import { ERRORS } from '../../protocol/errors.ts'
import { handle, type ApiHandler } from '../handle.ts'
import type { Cluster } from '../state/cluster/cluster.ts'
import { FEATURES } from '../state/features.ts'

/**
 * Kafka 4 refuses versions 0 to 2 of Produce, yet says that it knows them: librdkafka takes a missing version 0 as a
 * broker that cannot compress (KAFKA-18659).
 */
const PRODUCE_ADVERTISED_FROM = 0

/** The first version that tells of features, and the first whose clients take a smallest level of 0 (KAFKA-17011). */
const FEATURES_FROM = 3
const LEVEL_ZERO_FROM = 4

/** The answer is the list of handlers. */
export function answerApiVersions(handlers: () => readonly ApiHandler[]): ApiHandler {
  return handle(ApiVersions, 'none', (request, { broker: { cluster }, header }) => {
    if (header.apiVersion >= 3 && !isSoftware(request.clientSoftwareName, request.clientSoftwareVersion)) {
      return { errorCode: ERRORS.INVALID_REQUEST }
    }
    const apiKeys = handlers().map(({ api, minVersion, maxVersion }) => ({
      apiKey: api.key,
      minVersion: api.key === Produce.key ? PRODUCE_ADVERTISED_FROM : minVersion,
      maxVersion,
    }))
    const isTold = header.apiVersion >= FEATURES_FROM
    return {
      apiKeys: apiKeys.sort((a, b) => a.apiKey - b.apiKey),
      finalizedFeaturesEpoch: isTold ? cluster.metadataOffset - 1n : -1n,
      supportedFeatures: isTold
        ? FEATURES.filter(({ minVersion }) => minVersion > 0 || header.apiVersion >= LEVEL_ZERO_FROM)
        : [],
      finalizedFeatures: isTold ? finalized(cluster) : [],
    }
  })
}

/** A feature at level 0 is not in force. */
const finalized = (cluster: Cluster): { name: string; minVersionLevel: number; maxVersionLevel: number }[] =>
  [...cluster.featureLevels()].map(([name, level]) => ({ name, maxVersionLevel: level, minVersionLevel: level }))

/** KIP-511: names are letters, digits, dots and dashes, and begin and end with a letter or digit. */
const isSoftware = (name: string, version: string): boolean =>
  [name, version].every((text) => /^[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?$/.test(text))
