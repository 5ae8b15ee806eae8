import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'

export type Direction = 'requests' | 'answers'
const DIRECTIONS: readonly Direction[] = ['requests', 'answers']

/** A way to a server on loopback that can be blocked, cut and closed while clients use it. */
export class Gate {
  readonly #sockets = new Set<Socket>()
  /** Each socket, where its bytes go, and what they are. */
  readonly #ways = new Map<Socket, { readonly to: Socket; readonly direction: Direction }>()
  readonly #server: Server
  readonly #blocked = new Set<Direction>()

  #place: number

  private constructor(private readonly target: number) {
    this.#place = target
    this.#server = createServer((client) => this.#join(client))
  }

  static async open(target: number): Promise<Gate> {
    const gate = new Gate(target)
    await gate.#listen(0)
    return gate
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  get address(): string {
    return `127.0.0.1:${this.port}`
  }

  /** From now on nothing passes, in either direction or in one; connections are taken and stay. */
  block(...directions: readonly Direction[]): void {
    for (const direction of directions.length > 0 ? directions : DIRECTIONS) this.#blocked.add(direction)
    for (const [from, { to, direction }] of this.#ways) if (this.#blocked.has(direction)) from.unpipe(to).pause()
  }

  unblock(): void {
    for (const [from, { to, direction }] of this.#ways) if (this.#blocked.has(direction)) from.pipe(to)
    this.#blocked.clear()
  }

  /** From now on it leads elsewhere, or where it has led at first. */
  lead(port = this.target): void {
    this.#place = port
    this.cut()
  }

  /** Ends every connection with a reset; new ones are taken. */
  cut(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy()
  }

  /** Ends every connection; new ones are refused until `reopen`. Returns what `reopen` wants. */
  async refuse(): Promise<number> {
    const { port } = this
    this.#server.close()
    this.cut()
    await once(this.#server, 'close')
    return port
  }

  async reopen(port: number): Promise<void> {
    await this.#listen(port)
  }

  async close(): Promise<void> {
    if (this.#server.listening) await this.refuse()
  }

  async #listen(port: number): Promise<void> {
    this.#server.listen(port, '127.0.0.1')
    await once(this.#server, 'listening')
  }

  #join(client: Socket): void {
    const server = connect(this.#place, '127.0.0.1')
    for (const [from, to, direction] of [
      [client, server, 'requests'],
      [server, client, 'answers'],
    ] as const) {
      this.#sockets.add(from)
      from
        .on('error', () => {})
        .once('close', () => {
          this.#sockets.delete(from)
          this.#ways.delete(from)
          to.destroy()
        })
      this.#ways.set(from, { to, direction })
      if (!this.#blocked.has(direction)) from.pipe(to)
    }
  }
}
