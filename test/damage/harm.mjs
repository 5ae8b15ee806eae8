// Ways in which a file is damaged by a disk, a file system, or somebody with a shell.
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'

const pick = (random, choice) => choice[Math.floor(random() * choice.length)]
const randomBytes = (random, length) => Buffer.from(Array.from({ length }, () => Math.floor(random() * 256)))

/** Where batches begin, as long as the lengths lead on. */
function batchesIn(bytes) {
  const found = []
  for (let at = 0; at + 61 <= bytes.length && bytes[at + 16] === 2; at += 12 + bytes.readInt32BE(at + 8)) found.push(at)
  return found
}

function flipAny(bytes, random) {
  for (let bits = 1 + Math.floor(random() * 3); bits > 0; bits -= 1)
    bytes[Math.floor(random() * bytes.length)] ^= 1 << Math.floor(random() * 8)
}

const WAYS = {
  flip: (bytes, random) => {
    // In the header of a batch, half of the time.
    const header = random() < 0.5 ? pick(random, batchesIn(bytes)) : undefined
    if (header !== undefined) bytes[header + Math.floor(random() * 61)] ^= 1 << Math.floor(random() * 8)
    else flipAny(bytes, random)
  },
  riddle: (bytes, random) => {
    for (let at = Math.floor(random() * 200); at < bytes.length; at += 20 + Math.floor(random() * 200))
      bytes[at] ^= 1 << Math.floor(random() * 8)
  },
  zero: (bytes, random) => {
    const at = Math.floor(random() * bytes.length)
    bytes.fill(0, at, Math.min(bytes.length, at + 1 + Math.floor(random() * 64)))
  },
  cut: (bytes, random) => bytes.subarray(0, Math.floor(random() * bytes.length)),
  append: (bytes, random) => Buffer.concat([bytes, randomBytes(random, 1 + Math.floor(random() * 200))]),
  empty: () => Buffer.alloc(0),
}
const NAMES = ['flip', 'flip', 'flip', 'riddle', 'riddle', 'zero', 'cut', 'append', 'empty', 'delete', 'folder']

/** Damages one file of a folder; returns which, and how. */
export function harm(folder, random) {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, path, name }) => join(parentPath ?? path, name))
    .sort()
  const kind = random()
  const isCoordinators = (name) => relative(folder, name).startsWith('__')
  const logs = files.filter((name) => name.endsWith('.log') && statSync(name).size > 0)
  const file = pick(
    random,
    kind < 0.3 && logs.some(isCoordinators) ? logs.filter(isCoordinators) : kind < 0.5 ? logs : files,
  )
  const way = pick(random, NAMES)
  const bytes = readFileSync(file)
  if (way === 'delete' || way === 'folder') rmSync(file)
  if (way === 'folder') mkdirSync(file)
  if (WAYS[way]) writeFileSync(file, (bytes.length > 0 ? WAYS[way](bytes, random) : undefined) ?? bytes)
  return { file: relative(folder, file), way }
}
