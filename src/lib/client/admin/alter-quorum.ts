import { AddRaftVoter } from '../../protocol/apis/add-raft-voter.ts'
import { RemoveRaftVoter } from '../../protocol/apis/remove-raft-voter.ts'
import type { KafkaClient } from '../types.ts'
import { sendToController } from './controller.ts'
import { asKafkaError, itemError } from './item-error.ts'

export interface Voter {
  readonly id: number
  readonly directoryId: string
}

export interface Listener {
  readonly name: string
  readonly host: string
  readonly port: number
}

/** Takes a controller in among those that vote (KIP-853). Throws KafkaError. */
export async function addVoter(
  client: KafkaClient,
  { id, directoryId, listeners }: Voter & { readonly listeners: readonly Listener[] },
  options: { timeoutMs?: number } = {},
): Promise<void> {
  const request = {
    clusterId: null,
    timeoutMs: options.timeoutMs ?? 30_000,
    voterId: id,
    voterDirectoryId: directoryId,
    listeners: [...listeners],
  }
  const { errorCode, errorMessage } = await sendToController(
    client,
    (node) => client.send(AddRaftVoter, request, node),
    (response) => [response.errorCode],
  )
  const error = itemError(errorCode, errorMessage)
  if (error) throw asKafkaError(error, `Cannot add controller ${id}`)
}

/** Takes a controller's vote away (KIP-853). Throws KafkaError. */
export async function removeVoter(client: KafkaClient, { id, directoryId }: Voter): Promise<void> {
  const request = { clusterId: null, voterId: id, voterDirectoryId: directoryId }
  const { errorCode, errorMessage } = await sendToController(
    client,
    (node) => client.send(RemoveRaftVoter, request, node),
    (response) => [response.errorCode],
  )
  const error = itemError(errorCode, errorMessage)
  if (error) throw asKafkaError(error, `Cannot remove controller ${id}`)
}
