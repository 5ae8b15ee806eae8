// Loaded before kts: no socket ever connects, and none keeps the process alive. Whoever waits for one waits for ever.
import { Socket } from 'node:net'

Socket.prototype.connect = function connect() {
  return this
}
const { setTimeout } = globalThis
globalThis.setTimeout = (...args) => setTimeout(...args).unref()
