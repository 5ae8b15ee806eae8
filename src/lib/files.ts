import { readFileSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { UserError } from './errors.ts'

/** How a sentence about a file begins: `--payload-file `, `ssl.keystore.location: `; nothing by default. */
export interface FileOptions {
  readonly cwd?: string
  readonly before?: string
}

/** What can be read once only, as bash's `<(…)`, and is asked for again. */
const pipes = new Map<string, Buffer>()

/** All bytes of a file that the user has named. Throws UserError that says why it cannot be read. */
export function readBytes(path: string, { cwd = '', before = '' }: FileOptions = {}): Buffer {
  const place = resolve(cwd, path)
  try {
    return pipes.get(place) ?? keepPipe(place, readFileSync(place))
  } catch (error) {
    throw new UserError(
      `${before}${path || '""'} cannot be read: ${path === '' ? 'no file is named' : fileProblem(error)}`,
    )
  }
}

function keepPipe(place: string, bytes: Buffer): Buffer {
  if (!statSync(place, { throwIfNoEntry: false })?.isFile()) pipes.set(place, bytes)
  return bytes
}

/**
 * The text of a file in UTF-8, or in UTF-16 where a byte order mark says so. Throws UserError, also for what is
 * neither.
 */
export function readText(path: string, options: FileOptions = {}): string {
  try {
    return decodeText(readBytes(path, options))
  } catch (error) {
    if (error instanceof UserError) throw error
    throw new UserError(`${options.before ?? ''}${path} cannot be read: it is not text in UTF-8`)
  }
}

/** The same for Java's properties, which are in Latin-1 unless a byte order mark says something else. */
export function readLatin1(path: string, options: FileOptions = {}): string {
  const bytes = readBytes(path, options)
  return hasMark(bytes) ? readText(path, options) : bytes.toString('latin1')
}

/** Throws TypeError for what is no text. The byte order mark is not part of it. */
export function decodeText(bytes: Uint8Array): string {
  const encoding = isMark(bytes, [0xff, 0xfe]) ? 'utf-16le' : isMark(bytes, [0xfe, 0xff]) ? 'utf-16be' : 'utf-8'
  return new TextDecoder(encoding, { fatal: true }).decode(bytes)
}

const hasMark = (bytes: Buffer): boolean =>
  [
    [0xff, 0xfe],
    [0xfe, 0xff],
    [0xef, 0xbb, 0xbf],
  ].some((mark) => isMark(bytes, mark))

const isMark = (bytes: Uint8Array, mark: readonly number[]): boolean => mark.every((byte, at) => bytes[at] === byte)

const PROBLEMS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EISDIR: 'it is a folder',
  EBADF: 'it is not open for reading',
  ENOTDIR: 'a part of its path is not a folder',
  ELOOP: 'its symbolic links lead in a circle',
  ENAMETOOLONG: 'its name is too long',
  EMFILE: 'too many files are open',
  ENFILE: 'too many files are open',
  EIO: 'the disk reports an error',
  ENXIO: 'it is a socket, or a device that is not there',
  ERR_FS_FILE_TOO_LARGE: 'it is larger than 2 GiB',
  ERR_INVALID_ARG_VALUE: 'its name has a zero byte',
}

/** Why a file cannot be read or written, in words that fit after "PATH cannot be read: ". */
export function fileProblem(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException
  // Node's own words: "EBUSY: resource busy or locked, open 'path'".
  return PROBLEMS[code ?? ''] ?? message.replace(/^[A-Z0-9_]+: /, '').replace(/, \w+( '.*)?$/s, '')
}
