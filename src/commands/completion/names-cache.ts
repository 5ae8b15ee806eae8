import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Context, NameKind } from '../../lib/command/define.ts'
import type { Connection } from '../../lib/config/connection.ts'
import { writeWholeFile } from '../../lib/whole-file.ts'
import { cacheFolder } from '../../lib/config/folders.ts'

/** What is remembered of one cluster. Times are milliseconds since 1970. */
export interface Remembered {
  readonly names: readonly string[]
  /** When the cluster said so; 0 when it has not yet. */
  readonly at: number
  /** When somebody was last left behind to ask it. */
  readonly askedAt: number
}

const NOTHING: Remembered = { names: [], at: 0, askedAt: 0 }

/** Names of one kind in a file of the user's own; a cache that cannot be read or written remembers nothing. */
export class NamesCache {
  private readonly file: string

  constructor({ env }: Pick<Context, 'env'>, kind: NameKind, connection: Connection) {
    this.file = join(cacheFolder(env), 'names', `${digest(connection)}-${kind}.json`)
  }

  read(): Remembered {
    try {
      return { ...NOTHING, ...(JSON.parse(readFileSync(this.file, 'utf8')) as Partial<Remembered>) }
    } catch {
      return NOTHING
    }
  }

  /** The file comes into being whole: two shells may ask at the same time. */
  write(remembered: Remembered): void {
    try {
      writeWholeFile(this.file, JSON.stringify(remembered), { isPrivate: true })
    } catch {
      // Then the cluster is asked again.
    }
  }
}

/** Tells clusters, and who asks them, apart; a secret is not to be guessed from the name of a file. */
function digest({ bootstrapServers, properties }: Connection): string {
  const harmless = [...properties]
    .filter(([name]) => !/password|jaas|secret|token|key$|user\.info$/i.test(name))
    .map(([name, value]) => [name, value.replace(/\/\/[^/@]*@/g, '//')])
    .sort()
  const user = /username="?([^";\s]*)/.exec(properties.get('sasl.jaas.config') ?? '')?.[1]
  return createHash('sha256')
    .update(JSON.stringify([bootstrapServers, harmless, user]))
    .digest('hex')
    .slice(0, 16)
}
