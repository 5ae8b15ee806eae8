import { closeSync, openSync } from 'node:fs'

/** What the pool keeps a descriptor for. */
export interface Descriptor {
  readonly path: string
}

/**
 * Open file descriptors, at most `limit` of them: the one that was not used for the longest time is closed first. A
 * node with ten thousand partitions has more segment files than a process may open.
 */
export class DescriptorPool {
  /** In order of use, the latest last. */
  private readonly open = new Map<Descriptor, number>()
  private latest: Descriptor | null = null

  constructor(private readonly limit: number) {}

  get size(): number {
    return this.open.size
  }

  /** The descriptor of a file, opened when it is not; `flags` as in `open(2)`. */
  use(file: Descriptor, flags: string | number): number {
    const descriptor = this.open.get(file)
    if (descriptor === undefined) return this.add(file, flags)
    if (file !== this.latest) this.touch(file, descriptor)
    return descriptor
  }

  close(file: Descriptor): void {
    const descriptor = this.open.get(file)
    if (descriptor === undefined) return
    this.open.delete(file)
    if (this.latest === file) this.latest = null
    closeSync(descriptor)
  }

  private add(file: Descriptor, flags: string | number): number {
    while (this.open.size >= this.limit) this.closeOldest()
    const descriptor = openSync(file.path, flags)
    this.touch(file, descriptor)
    return descriptor
  }

  private touch(file: Descriptor, descriptor: number): void {
    this.open.delete(file)
    this.open.set(file, descriptor)
    this.latest = file
  }

  private closeOldest(): void {
    const oldest = this.open.keys().next().value
    if (oldest) this.close(oldest)
  }
}
