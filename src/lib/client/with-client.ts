import { connectClient } from './connect.ts'
import type { ClientSettings, KafkaClient } from './types.ts'

/** Connects, lets `action` work, and closes the connection whatever comes of it. Throws what connectClient throws. */
export async function withClient<T>(
  settings: ClientSettings,
  options: Parameters<typeof connectClient>[1],
  action: (client: KafkaClient) => Promise<T>,
): Promise<T> {
  const client = await connectClient(settings, options)
  try {
    return await action(client)
  } finally {
    options?.hindrances?.close()
    await client.close()
  }
}
