import type { SCRAM_MECHANISMS } from '../../../protocol/apis/describe-user-scram-credentials.ts'
import type { MetadataRecordOf, NewMetadataRecord } from '../../../protocol/internal-records/index.ts'
import type { Commit } from './commit.ts'

/** What the server keeps of a user's password (RFC 5802): enough to check it, not to know it. */
export interface ScramCredential {
  readonly iterations: number
  readonly salt: Buffer
  readonly storedKey: Buffer
  readonly serverKey: Buffer
}

/** A mechanism's number on the wire. */
export type ScramMechanism = (typeof SCRAM_MECHANISMS)[keyof typeof SCRAM_MECHANISMS]

/** The users' SCRAM credentials (ScramImage). */
export class ScramCredentials {
  private readonly byUser = new Map<string, Map<ScramMechanism, ScramCredential>>()

  constructor(private readonly commit: Commit) {}

  users(): string[] {
    return [...this.byUser.keys()]
  }

  /** What a user has, by mechanism; empty for a user who is not known. */
  of(user: string): ReadonlyMap<ScramMechanism, ScramCredential> {
    return this.byUser.get(user) ?? new Map()
  }

  /** Null takes it away. */
  set(name: string, mechanism: ScramMechanism, credential: ScramCredential | null): void {
    this.commit([
      credential
        ? { type: 'USER_SCRAM_CREDENTIAL_RECORD', name, mechanism, ...credential }
        : { type: 'REMOVE_USER_SCRAM_CREDENTIAL_RECORD', name, mechanism },
    ])
  }

  apply(
    record: MetadataRecordOf<'USER_SCRAM_CREDENTIAL_RECORD'> | MetadataRecordOf<'REMOVE_USER_SCRAM_CREDENTIAL_RECORD'>,
  ): void {
    const held = new Map(this.byUser.get(record.name))
    const mechanism = record.mechanism as ScramMechanism
    if (record.type === 'REMOVE_USER_SCRAM_CREDENTIAL_RECORD') held.delete(mechanism)
    else {
      const { iterations, salt, storedKey, serverKey } = record
      held.set(mechanism, { iterations, salt, storedKey, serverKey })
    }
    if (held.size === 0) this.byUser.delete(record.name)
    else this.byUser.set(record.name, held)
  }

  *records(): Generator<NewMetadataRecord> {
    for (const [name, held] of this.byUser)
      for (const [mechanism, credential] of held)
        yield { type: 'USER_SCRAM_CREDENTIAL_RECORD', name, mechanism, ...credential }
  }
}
