import { connectClient, type ConnectOptions } from '../client/connect.ts'
import type { ClientSettings, KafkaClient } from '../client/types.ts'
import { unlessAborted } from '../command/unless-aborted.ts'

/** As connectClient; undefined when the signal came first. */
export async function connectUnlessAborted(
  settings: ClientSettings,
  options: ConnectOptions,
  signal: AbortSignal,
): Promise<KafkaClient | undefined> {
  if (signal.aborted) return undefined
  const connecting = connectClient(settings, options)
  const client = await unlessAborted(signal, () => connecting)
  if (!client)
    connecting.then(
      (late) => late.close(),
      () => {},
    )
  return client
}
