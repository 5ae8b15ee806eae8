import { KafkaError, MalformedError } from '../../errors.ts'

const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EIO: 'the disk reports an input/output error',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  EMFILE: 'too many files are open',
  ENFILE: 'too many files are open',
  ENOENT: 'a file or the folder has disappeared',
}

/** What readers do: damage that they meet is theirs to hear of as such, since all around it can be read. */
export const READING = 'read from'

/**
 * Runs something that touches the disk; what the disk refuses becomes KAFKA_STORAGE_ERROR with a sentence that names
 * the folder and the reason, and so does a log that is damaged; for who reads, that is CORRUPT_MESSAGE. Every other
 * error passes through.
 */
export function onDisk<T>(action: string, directory: string, run: () => T): T {
  try {
    return run()
  } catch (error) {
    throw asStorageError(action, directory, error)
  }
}

/** As `onDisk`, for what takes its time. */
export async function onDiskAsync<T>(action: string, directory: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run()
  } catch (error) {
    throw asStorageError(action, directory, error)
  }
}

function asStorageError(action: string, directory: string, error: unknown): unknown {
  if (isDiskError(error))
    return new KafkaError('KAFKA_STORAGE_ERROR', describeDiskError(action, directory, error), { cause: error })
  if (error instanceof MalformedError)
    return new KafkaError(
      action === READING ? 'CORRUPT_MESSAGE' : 'KAFKA_STORAGE_ERROR',
      `cannot ${action} ${directory}: the log is damaged, ${error.message}`,
    )
  return error
}

/** The sentence for a person: what could not be done, where, and why. */
export function describeDiskError(action: string, directory: string, error: NodeJS.ErrnoException): string {
  const code = error.code ?? ''
  return `cannot ${action} ${directory}: ${REASONS[code] ?? error.message} (${code})`
}

/** Whether the disk has refused, and not a log that is damaged. */
export const isRefusalOfDisk = (error: unknown): error is KafkaError =>
  error instanceof KafkaError && error.code === 'KAFKA_STORAGE_ERROR' && isDiskError(error.cause)

/** An error of a system call, as Node makes it. */
export function isDiskError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && typeof (error as NodeJS.ErrnoException).syscall === 'string'
}
