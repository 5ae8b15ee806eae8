import { connectClient } from '../../../../src/lib/client/connect.ts'
import type { KafkaClient } from '../../../../src/lib/client/types.ts'
import { Metadata } from '../../../../src/lib/protocol/apis/metadata.ts'
import { FakeBroker } from '../../../support/fake-broker.ts'

export interface TwoNodes {
  /** Node 1, to which the client is connected. */
  readonly broker: FakeBroker
  /** Node 2. */
  readonly controller: FakeBroker
  readonly client: KafkaClient
  close(): Promise<void>
}

/** A broker, another one that is the controller, and a client that knows both. */
export async function startTwoNodes(): Promise<TwoNodes> {
  const [broker, controller] = [await FakeBroker.start({ nodeId: 1 }), await FakeBroker.start({ nodeId: 2 })]
  broker.on(Metadata, () => ({ ...broker.metadata([], [controller]), controllerId: 2 }))
  const client = await connectClient({ bootstrapServers: [broker.address], clientId: 'kts/1', properties: new Map() })
  return {
    broker,
    controller,
    client,
    async close() {
      await client.close()
      await Promise.all([broker.stop(), controller.stop()])
    },
  }
}
