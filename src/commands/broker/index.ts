export { brokerStart } from './start.ts'
export { brokerStop } from './stop.ts'
export { brokerStatus } from './status.ts'
