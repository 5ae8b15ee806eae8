import { connect } from 'node:net'

/** Whether a broker on this port answers a request: that for the API versions, with which any client begins. */
export function answers(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    const end = (answer) => {
      socket.destroy()
      resolve(answer)
    }
    socket
      .once('error', () => end(false))
      .once('end', () => end(false))
      .once('data', () => end(true))
    socket.write(Buffer.from([0, 0, 0, 10, 0, 18, 0, 0, 0, 0, 0, 1, 0xff, 0xff]))
  })
}
