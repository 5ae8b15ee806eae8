import type { Duplex } from 'node:stream'
import type { Network } from '../../lib/broker/network/network.ts'

const WORDS = 'This is not ZooKeeper: Kafka 4 needs none. Go on with the next step of your tutorial.\n'

/** ZooKeeper's four-letter words by which tutorials and scripts see that all is well. */
const ANSWERS: Readonly<Record<string, string>> = {
  ruok: 'imok',
  srvr: `${WORDS}Mode: standalone\n`,
  stat: `${WORDS}Mode: standalone\n`,
}

/** A request of Kafka's begins with its length, and none is as long as a letter would make it. */
const FIRST_LETTER = 0x20

/** The same network, on which whoever types words, as with telnet, is answered in words. */
export const answeringWords = (network: Network): Network => ({
  async listen(options, onConnection) {
    /** Who has not said anything yet. */
    const silent = new Set<Duplex>()
    // The first word is read here, so that nobody else may read by themselves.
    const { port, close } = await network.listen({ ...options, isReadDirectly: false }, (stream, peer) => {
      silent.add(stream)
      stream.on('error', () => stream.destroy())
      stream.once('close', () => silent.delete(stream))
      stream.once('data', (said: Buffer) => {
        silent.delete(stream)
        if (said[0]! >= FIRST_LETTER) return answer(stream, said)
        onConnection(stream, peer)
        stream.emit('data', said)
      })
    })
    return {
      port,
      close() {
        for (const stream of silent) stream.destroy()
        return close()
      },
    }
  },
  connect: (address) => network.connect(address),
})

function answer(stream: Duplex, said: Buffer): void {
  stream.resume()
  stream.end(ANSWERS[said.toString('latin1').trim()] ?? WORDS)
}
