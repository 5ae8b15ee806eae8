import { join } from 'node:path'
import type { Context } from '../../lib/command/define.ts'
import { stateFolder } from '../../lib/config/folders.ts'
import { LOCAL_PORT } from './settings.ts'

/** One for each port; that of Kafka's own port has the name that tutorials look for. */
export const logFile = ({ env }: Context, port: number | string): string =>
  join(stateFolder(env), 'logs', port === LOCAL_PORT ? 'server.log' : `server-${port}.log`)
