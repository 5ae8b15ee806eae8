import { processIdentity } from '../../../processes.ts'
import type { Processes } from './lock.ts'

/** This machine's processes. */
export const systemProcesses: Processes = { pid: process.pid, identity: processIdentity }
