import type { SCRAM_MECHANISMS } from '../../../protocol/apis/describe-user-scram-credentials.ts'

/** What the server keeps of a user's password (RFC 5802): enough to check it, not to know it. Bytes are base64. */
export interface ScramCredential {
  readonly iterations: number
  readonly salt: string
  readonly storedKey: string
  readonly serverKey: string
}

/** A mechanism's number on the wire. */
export type ScramMechanism = (typeof SCRAM_MECHANISMS)[keyof typeof SCRAM_MECHANISMS]

export interface ScramChange {
  readonly type: 'scram'
  readonly user: string
  readonly mechanism: ScramMechanism
  /** Null takes it away. */
  readonly credential: ScramCredential | null
}

/** The users' SCRAM credentials (ScramImage). */
export class ScramCredentials {
  private readonly byUser = new Map<string, Map<ScramMechanism, ScramCredential>>()

  constructor(private readonly commit: (change: ScramChange) => void) {}

  users(): string[] {
    return [...this.byUser.keys()]
  }

  /** What a user has, by mechanism; empty for a user who is not known. */
  of(user: string): ReadonlyMap<ScramMechanism, ScramCredential> {
    return this.byUser.get(user) ?? new Map()
  }

  set(user: string, mechanism: ScramMechanism, credential: ScramCredential | null): void {
    this.commit({ type: 'scram', user, mechanism, credential })
  }

  apply({ user, mechanism, credential }: ScramChange): void {
    const held = new Map(this.byUser.get(user))
    if (credential) held.set(mechanism, credential)
    else held.delete(mechanism)
    if (held.size === 0) this.byUser.delete(user)
    else this.byUser.set(user, held)
  }

  snapshot(): ScramChange[] {
    return [...this.byUser].flatMap(([user, held]) =>
      [...held].map(([mechanism, credential]): ScramChange => ({ type: 'scram', user, mechanism, credential })),
    )
  }
}
