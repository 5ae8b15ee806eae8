// A fresh broker and registry for each test, as Karapace gives its own ones: in this process, since they start in no
// time. POST / starts them and answers where they are, DELETE /PORT ends them.
import { once } from 'node:events'
import { createServer } from 'node:http'
import { startBroker } from '../../../dist/broker.js'

/** `{ url, stop() }` of the server that starts and ends them. */
export async function serveFreshRegistries() {
  const running = new Map()
  const answers = {
    POST: async () => {
      const kafka = await startBroker({ schemaRegistry: true })
      const { port } = new URL(kafka.schemaRegistryUrl)
      running.set(port, kafka)
      return { port: Number(port), bootstrap: kafka.bootstrapServers }
    },
    DELETE: async (path) => {
      const port = path.slice(1)
      await running.get(port)?.stop()
      running.delete(port)
      return {}
    },
  }
  const server = createServer((request, response) => {
    answers[request.method](request.url).then(
      (answer) => response.end(JSON.stringify(answer)),
      (error) => response.writeHead(500).end(error.stack),
    )
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${server.address().port}/`,
    stop: async () => {
      server.close()
      server.closeAllConnections()
      await Promise.all([...running.values()].map((kafka) => kafka.stop()))
    },
  }
}
