import { startBroker, type RunningBroker } from '../../../src/lib/broker/index.ts'
import { startRegistry, type RegistryOptions, type RunningRegistry } from '../../../src/lib/registry/serve.ts'

/** A registry over a broker in this process, and requests to it. */
export class TestRegistry {
  private constructor(
    readonly broker: RunningBroker,
    readonly registry: RunningRegistry,
    readonly warnings: string[],
  ) {}

  static async start(options: Partial<RegistryOptions> = {}): Promise<TestRegistry> {
    const broker = await startBroker()
    const { registry, warnings } = await openRegistry(broker, options)
    return new TestRegistry(broker, registry, warnings)
  }

  async close(): Promise<void> {
    await this.registry.close()
    await this.broker.stop()
  }

  request(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Reply> {
    return request(this.registry, method, path, body, headers)
  }

  /** What is answered to a request that succeeds. */
  async ok(method: string, path: string, body?: unknown): Promise<unknown> {
    const { status, body: answer } = await this.request(method, path, body)
    if (status >= 300) throw new Error(`${method} ${path}: ${status} ${JSON.stringify(answer)}`)
    return answer
  }

  /** Registers a JSON Schema and returns its id. */
  async register(subject: string, schema: unknown, more: object = {}): Promise<number> {
    const body = { schema: JSON.stringify(schema), schemaType: 'JSON', ...more }
    return ((await this.ok('POST', `/subjects/${encodeURIComponent(subject)}/versions`, body)) as { id: number }).id
  }
}

export interface Reply {
  readonly status: number
  readonly headers: Headers
  readonly body: unknown
}

export async function openRegistry(
  { bootstrapServers }: RunningBroker,
  options: Partial<RegistryOptions> = {},
): Promise<{ registry: RunningRegistry; warnings: string[] }> {
  const warnings: string[] = []
  const registry = await startRegistry({
    cluster: { bootstrapServers: [bootstrapServers], clientId: 'registry', properties: new Map() },
    listeners: [{ host: '127.0.0.1', port: 0 }],
    version: '1.2.3',
    warn: (line) => warnings.push(line),
    ...options,
  })
  return { registry, warnings }
}

export async function request(
  { url }: RunningRegistry,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Reply> {
  const response = await fetch(url + path, {
    method,
    headers: { 'Content-Type': 'application/vnd.schemaregistry.v1+json', ...headers },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  const text = await response.text()
  return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) }
}
