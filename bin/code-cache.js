'use strict'
const { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } = require('node:fs')
const { dirname, isAbsolute, join } = require('node:path')

/** So many builds, each under its own release of Node, find their code again. */
const keptBuilds = 8
/** V8 copies code that lies elsewhere than at a multiple of this. */
const alignment = 8

/**
 * The scripts that earlier runs of one build needed under one name, and what V8 compiled of them. What this run used besides
 * is added at the end of the process.
 */
exports.openPack = function openPack(build, name) {
  const file = placeOf(build, name)
  const kept = (file && attempt(() => readPack(readFileSync(file)))) ?? new Map()
  const used = new Map()
  let hasAll = true
  if (file) process.once('exit', (code) => !hasAll && hasWorked(code) && keep(file, () => writePack(kept, used)))
  return {
    get: (script) => kept.get(script)?.() ?? {},
    use(script, { source, script: compiled }) {
      used.set(script, { source, compiled })
      if (!kept.has(script) || compiled.cachedDataRejected) hasAll = false
    },
  }
}

/** V8 itself compares its version, its flags and the length of the source; the build tells sources of one length apart. */
function placeOf(build, name) {
  const folder = cacheFolder()
  if (!folder || process.env.NODE_DISABLE_COMPILE_CACHE) return undefined
  return join(folder, `${build}-${process.version}-${process.arch}`, `${name}.bin`)
}

/** The user's own: whoever can write here decides what runs. */
function cacheFolder() {
  const { HOME, LOCALAPPDATA, XDG_CACHE_HOME } = process.env
  const base = process.platform === 'win32' ? LOCALAPPDATA : XDG_CACHE_HOME || (HOME && join(HOME, '.cache'))
  return base && isAbsolute(base) ? join(base, 'kts', 'code') : undefined
}

/** A run that was interrupted has done its work; one that failed has called little. */
const hasWorked = (code) => code === 0 || code > 128

const aligned = (length) => Math.ceil(length / alignment) * alignment

/**
 * The length of the index, the index, and then source and code of each script, padded. Each is taken out when it is asked
 * for: other runs have needed other scripts. Throws when the pack is not whole.
 */
function readPack(bytes) {
  const scripts = new Map()
  let position = aligned(4 + bytes.readUInt32LE(0))
  for (const [name, sourceLength, codeLength] of JSON.parse(bytes.latin1Slice(4, 4 + bytes.readUInt32LE(0)))) {
    const [sourceAt, codeAt] = [position, position + aligned(sourceLength)]
    scripts.set(name, () => ({ source: bytes.latin1Slice(sourceAt, sourceAt + sourceLength), code: bytes.subarray(codeAt, codeAt + codeLength) }))
    position = codeAt + aligned(codeLength)
  }
  if (position !== bytes.length) throw new Error('not whole')
  return scripts
}

function writePack(kept, used) {
  const scripts = new Map([...kept].map(([name, take]) => [name, take()]))
  for (const [name, { source, compiled }] of used) scripts.set(name, { source, code: compiled.createCachedData() })
  const parts = [...scripts].flatMap(([, { source, code }]) => [Buffer.from(source, 'latin1'), code])
  const index = Buffer.from(JSON.stringify([...scripts].map(([name, { source, code }]) => [name, source.length, code.length])))
  const length = Buffer.alloc(4)
  length.writeUInt32LE(index.length)
  return Buffer.concat([Buffer.concat([length, index]), ...parts].flatMap((part) => [part, Buffer.alloc(aligned(part.length) - part.length)]))
}

/** V8 trusts what it reads, so the file comes into being whole: on the disk first, and then under its name. */
function keep(file, makeBytes) {
  const unfinished = `${file}.${process.pid}-${process.hrtime.bigint()}`
  attempt(() => {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    writeFileSync(unfinished, makeBytes(), { mode: 0o600, flush: true })
    renameSync(unfinished, file)
    removeOldest(dirname(dirname(file)))
  })
  attempt(() => rmSync(unfinished, { force: true }))
}

function removeOldest(folder) {
  const builds = readdirSync(folder).map((name) => join(folder, name)).map((path) => ({ path, writtenAt: statSync(path).mtimeMs }))
  for (const { path } of builds.sort((a, b) => b.writtenAt - a.writtenAt).slice(keptBuilds)) rmSync(path, { recursive: true, force: true })
}

/** A cache that fails costs time and nothing else. */
function attempt(action) {
  try {
    return action()
  } catch {
    return undefined
  }
}
