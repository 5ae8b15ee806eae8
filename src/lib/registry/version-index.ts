import type { Version } from './stored.ts'

/** Versions by something that several of them may have in common, in the order in which they came. */
export class VersionIndex<K> {
  private readonly found = new Map<K, Set<Version>>()

  add(key: K, version: Version): void {
    const versions = this.found.get(key)
    if (versions) versions.add(version)
    else this.found.set(key, new Set([version]))
  }

  remove(key: K, version: Version): void {
    const versions = this.found.get(key)
    if (versions?.delete(version) && versions.size === 0) this.found.delete(key)
  }

  get(key: K): Version[] {
    return [...(this.found.get(key) ?? [])]
  }
}
