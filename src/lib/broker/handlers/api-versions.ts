import { ApiVersions } from '../../protocol/apis/api-versions.ts'
import { Produce } from '../../protocol/apis/produce.ts'
import { ERRORS } from '../../protocol/errors.ts'
import { handle, type ApiHandler } from '../handle.ts'

/**
 * Kafka 4 refuses versions 0 to 2 of Produce, yet says that it knows them: librdkafka takes a missing version 0 as a
 * broker that cannot compress (KAFKA-18659).
 */
const PRODUCE_ADVERTISED_FROM = 0

/** The answer is the list of handlers. */
export function answerApiVersions(handlers: () => readonly ApiHandler[]): ApiHandler {
  return handle(ApiVersions, (request, { header }) => {
    if (header.apiVersion >= 3 && !isSoftware(request.clientSoftwareName, request.clientSoftwareVersion)) {
      return { errorCode: ERRORS.INVALID_REQUEST }
    }
    const apiKeys = handlers().map(({ api, minVersion, maxVersion }) => ({
      apiKey: api.key,
      minVersion: api.key === Produce.key ? PRODUCE_ADVERTISED_FROM : minVersion,
      maxVersion,
    }))
    return { apiKeys: apiKeys.sort((a, b) => a.apiKey - b.apiKey), finalizedFeaturesEpoch: header.apiVersion >= 3 ? 0n : -1n }
  })
}

/** KIP-511: names are letters, digits, dots and dashes, and begin and end with a letter or digit. */
const isSoftware = (name: string, version: string): boolean =>
  [name, version].every((text) => /^[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?$/.test(text))
