import { resolve } from 'node:path'
import type { BrokerConfig } from '../../lib/broker/state/configs/broker-config.ts'
import { parseBrokerConfig } from '../../lib/broker/state/configs/parse-broker-config.ts'
import { readPropertiesFile } from '../../lib/config/properties-file.ts'
import { UserError } from '../../lib/errors.ts'
import type { Order } from '../../lib/work/command.ts'
import type { StorageValues } from './options.ts'

/** Throws UserError where no file is named. */
export function checkConfig({ values, action }: Order<StorageValues>): void {
  if (values.config === undefined) throw new UserError(`${action} needs --config`)
}

/** The settings of the node that the folders are for. Throws UserError. */
export const readConfig = ({ config }: StorageValues, cwd: string): BrokerConfig =>
  parseBrokerConfig(readPropertiesFile(config!, cwd)).config

/** As the tool of Kafka goes through them. */
export const foldersOf = (config: BrokerConfig, cwd: string): string[] =>
  [...new Set([config.metadataLogDir(), ...config.logDirs()].map((path) => resolve(cwd, path)))].sort()
