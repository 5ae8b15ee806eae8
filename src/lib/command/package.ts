import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The Kafka release whose tools the drop-ins reproduce. */
export const kafkaVersion = '4.3.0'

interface Manifest {
  readonly version: string
  readonly dependencies: Readonly<Record<string, string>>
}

/** The folder that holds `bin/` and `package.json`, from the bundle as from the sources. */
export function packageRoot(): string {
  const start = dirname(fileURLToPath(import.meta.url))
  for (let folder = start; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'bin', 'kts'))) return folder
    if (folder === dirname(folder)) throw new Error(`no package around ${start}`)
  }
}

/** What scripts/build.mjs puts in its place; there is none where the sources run. */
declare const __ktsVersion: string | undefined

/** kts's own version. */
export function ktsVersion(): string {
  return typeof __ktsVersion === 'string' ? __ktsVersion : manifest().version
}

/** What goes out as `client.id` unless the user names one. */
export function clientId(): string {
  return `kts/${ktsVersion()}`
}

/** The line that `kts --version` prints: kts's version, Node's and the Kafka client's. */
export function describeVersions(): string {
  const { version, dependencies } = manifest()
  return `kts ${version} (Node ${process.versions.node}, kafkajs ${dependencies.kafkajs}, tools as of Kafka ${kafkaVersion})`
}

function manifest(): Manifest {
  return JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')) as Manifest
}
