import { UserError } from '../lib/errors.ts'
import {
  startBroker as startBareBroker,
  type BrokerOptions as BareOptions,
  type RunningBroker as BareBroker,
} from '../lib/broker/index.ts'

export * from '../lib/broker/index.ts'

export interface BrokerOptions extends BareOptions {
  /** A schema registry beside the broker, on a free port of 127.0.0.1; its schemas are in the topic `_schemas`. */
  readonly schemaRegistry?: boolean | undefined
}

export interface RunningBroker extends BareBroker {
  /** `http://localhost:PORT`, for a client's `schema.registry.url`; undefined where none was asked for. */
  readonly schemaRegistryUrl: string | undefined
}

/**
 * Starts a Kafka broker in this process, for tests, and a schema registry where it is asked for: `const kafka = await
 * startBroker({ schemaRegistry: true })`, then point clients at `kafka.bootstrapServers` and `kafka.schemaRegistryUrl`,
 * and in the end `await kafka.stop()`. Throws UserError for a bad option, setting or topic, EnvironmentError for a port
 * or folder that cannot be had.
 */
export async function startBroker(
  options: BrokerOptions & { readonly schemaRegistry: true },
): Promise<RunningBroker & { readonly schemaRegistryUrl: string }>
export async function startBroker(options?: BrokerOptions): Promise<RunningBroker>
export async function startBroker({ schemaRegistry = false, ...options }: BrokerOptions = {}): Promise<RunningBroker> {
  if (typeof schemaRegistry !== 'boolean') throw new UserError('startBroker: schemaRegistry has to be true or false')
  const broker = await startBareBroker(options)
  if (!schemaRegistry) return { ...broker, schemaRegistryUrl: undefined }
  try {
    // Loaded where it is asked for: it brings the client.
    const { startOwnRegistry } = await import('./own-registry.ts')
    const registry = await startOwnRegistry(broker, options.onWarning)
    const stop = async (): Promise<void> => {
      await registry.close()
      await broker.stop()
    }
    return { ...broker, schemaRegistryUrl: registry.url, stop, [Symbol.asyncDispose]: stop }
  } catch (error) {
    await broker.stop()
    throw error
  }
}
