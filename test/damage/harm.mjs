// Ways in which a file is damaged by a disk, a file system, or somebody with a shell.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'

const pick = (random, choice) => choice[Math.floor(random() * choice.length)]
const randomBytes = (random, length) => Buffer.from(Array.from({ length }, () => Math.floor(random() * 256)))

const WAYS = {
  flip: (bytes, random) => { for (let bits = 1 + Math.floor(random() * 3); bits > 0; bits -= 1) bytes[Math.floor(random() * bytes.length)] ^= 1 << Math.floor(random() * 8) },
  zero: (bytes, random) => { const at = Math.floor(random() * bytes.length); bytes.fill(0, at, at + 1 + Math.floor(random() * 64)) },
  cut: (bytes, random) => bytes.subarray(0, Math.floor(random() * bytes.length)),
  append: (bytes, random) => Buffer.concat([bytes, randomBytes(random, 1 + Math.floor(random() * 200))]),
  empty: () => Buffer.alloc(0),
}
const NAMES = ['flip', 'flip', 'flip', 'flip', 'zero', 'cut', 'append', 'empty', 'delete', 'folder']

/** Damages one file of a folder; returns which, and how. */
export function harm(folder, random) {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map(({ parentPath, path, name }) => join(parentPath ?? path, name)).sort()
  const file = pick(random, random() < 0.4 ? files.filter((name) => name.endsWith('.log')) : files)
  const way = pick(random, NAMES)
  const bytes = readFileSync(file)
  if (way === 'delete' || way === 'folder') rmSync(file)
  if (way === 'folder') mkdirSync(file)
  if (WAYS[way]) writeFileSync(file, (bytes.length > 0 ? WAYS[way](bytes, random) : undefined) ?? bytes)
  return { file: relative(folder, file), way }
}
