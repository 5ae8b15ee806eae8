import type { Acl, ConfigResource, Topic } from './types.ts'

/** What a batch of records has changed, collected while it is applied, for those who listen. */
export interface Delta {
  /** By name, each with what it was before; undefined for a new one. */
  readonly topics: Map<string, Topic | undefined>
  readonly removedTopics: Topic[]
  readonly configs: Map<string, { readonly resource: ConfigResource; readonly name: string }>
  readonly addedAcls: Acl[]
  readonly removedAcls: Acl[]
  hasBrokers: boolean
}

export const newDelta = (): Delta => ({
  topics: new Map(),
  removedTopics: [],
  configs: new Map(),
  addedAcls: [],
  removedAcls: [],
  hasBrokers: false,
})
