export { completeCommand } from './complete.ts'
export { completion } from './completion.ts'
