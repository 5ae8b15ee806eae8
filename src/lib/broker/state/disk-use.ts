import { KafkaError } from '../../errors.ts'

/** Told of what the disk refuses. */
export interface DiskUseContext {
  /** When it begins to refuse what is written. */
  readonly onWriteRefused: (error: KafkaError) => void
  readonly onReadRefused: (error: unknown) => void
}

/** Reports what the disk says to a partition, and throws it on. */
export class DiskUse {
  private isFailing = false

  constructor(private readonly context: DiskUseContext) {}

  /** Clients try again and again; whoever runs the broker needs to hear of it once. */
  writing<T>(action: () => T): T {
    try {
      const result = action()
      this.isFailing = false
      return result
    } catch (error) {
      if (isStorageError(error)) {
        if (!this.isFailing) this.context.onWriteRefused(error)
        this.isFailing = true
      }
      throw error
    }
  }

  reading<T>(action: () => T): T {
    try {
      return action()
    } catch (error) {
      this.context.onReadRefused(error)
      throw error
    }
  }
}

export const isStorageError = (error: unknown): error is KafkaError =>
  error instanceof KafkaError && error.code === 'KAFKA_STORAGE_ERROR'
