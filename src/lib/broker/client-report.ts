import { ApiVersions, type ApiVersionsRequest } from '../protocol/apis/api-versions.ts'
import type { RequestHeader } from '../protocol/frame.ts'

/** Tells of one connection: who it is, at its first request, and that it has ended. */
export class ClientReport {
  private client: string | null = null

  constructor(
    private readonly address: string,
    private readonly info: (line: string) => void,
  ) {}

  readonly onRequest = ({ apiKey, clientId }: RequestHeader, request: unknown): void => {
    if (this.client !== null) return
    this.client = `client ${clientId || 'without an id'} at ${this.address}`
    this.info(`${this.client} connected${apiKey === ApiVersions.key ? software(request as ApiVersionsRequest) : ''}`)
  }

  /** A connection that has asked for nothing, as of a health check, is not told of. */
  onClose(): void {
    if (this.client !== null) this.info(`${this.client} disconnected`)
  }
}

/** What the client is written with, which it tells from version 3 of ApiVersions on (KIP-511). */
const software = ({ clientSoftwareName: name, clientSoftwareVersion: version }: ApiVersionsRequest): string =>
  name === '' ? '' : ` (${`${name} ${version}`.trim()})`
