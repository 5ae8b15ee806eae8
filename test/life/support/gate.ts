import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'

/** A way to a server on loopback that can be blocked, cut and closed while clients use it. */
export class Gate {
  readonly #sockets = new Set<Socket>()
  /** Each socket, and where its bytes go. */
  readonly #ways = new Map<Socket, Socket>()
  readonly #server: Server
  #isOpen = true

  private constructor(private readonly target: number) {
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

  /** From now on nothing passes, in either direction; connections are taken and stay. */
  block(): void {
    this.#isOpen = false
    for (const [from, to] of this.#ways) from.unpipe(to).pause()
  }

  unblock(): void {
    this.#isOpen = true
    for (const [from, to] of this.#ways) from.pipe(to)
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
    const server = connect(this.target, '127.0.0.1')
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      this.#sockets.add(from)
      from
        .on('error', () => {})
        .once('close', () => {
          this.#sockets.delete(from)
          this.#ways.delete(from)
          to.destroy()
        })
      this.#ways.set(from, to)
      if (this.#isOpen) from.pipe(to)
    }
  }
}
