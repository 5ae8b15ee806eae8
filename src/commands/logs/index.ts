export { logsGenerate } from './generate.ts'
export { logsStart } from './start.ts'
export { logsStop } from './stop.ts'
export { logsTail } from './tail.ts'
