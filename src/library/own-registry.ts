import type { RunningBroker } from '../lib/broker/index.ts'
import { clientId, ktsVersion } from '../lib/command/package.ts'
import { startRegistry, type RunningRegistry } from '../lib/registry/serve.ts'

/** A registry of this process over a broker of this process, on a free port. */
export function startOwnRegistry(
  broker: RunningBroker,
  onWarning: (line: string) => void = () => {},
): Promise<RunningRegistry> {
  const { 'bootstrap.servers': servers, ...properties } = broker.clientProperties()
  return startRegistry({
    cluster: {
      bootstrapServers: servers!.split(','),
      clientId: clientId(),
      properties: new Map(Object.entries(properties)),
    },
    listeners: [{ host: '127.0.0.1', port: 0 }],
    version: ktsVersion(),
    warn: onWarning,
  })
}
