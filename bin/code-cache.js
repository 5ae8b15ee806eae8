'use strict'
const {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} = require('node:fs')
const { dirname, isAbsolute, join } = require('node:path')
const { crc32 } = require('node:zlib')

/** So many builds, each under its own release of Node, find their code again. */
const keptBuilds = 8
/** V8 copies code that lies elsewhere than at a multiple of this. */
const alignment = 8
/** The checksum of what follows it, and the length of the index. */
const headLength = 8
const writableByOthers = 0o022
/** The exit code of a bug; where a pack was used, the bug may be there. */
const internalError = 70
/** A run that is still there by then has started: what it calls later would make each start longer to read. */
const startMs = 2000
/** What a user who is not root may find above a folder of his own. */
const root = 0

/**
 * The scripts that earlier runs of one build needed under one name, and what V8 compiled of them. What this run used
 * besides is added at the end of the process, or two seconds after its start. V8 believes what it is given, so a pack
 * counts only when it is the user's own and whole, and a script of it when it is the one that is installed: `checksums`
 * says which those are.
 */
exports.openPack = function openPack({ build, checksums }, name) {
  const place = placeOf(build, name)
  let kept = (place && attempt(() => readPack(readOwn(place)))) ?? new Map()
  const used = new Map()
  let hasAll = true
  const drop = () => {
    kept = new Map()
    hasAll = false
    if (place) attempt(() => rmSync(place.file, { force: true }))
  }
  let hasStarted = false
  const add = () => {
    if (!hasAll && !hasStarted) keep(place, () => writePack(kept, used))
    hasStarted = true
  }
  if (place) {
    setTimeout(add, startMs).unref()
    process.once('exit', (code) => {
      if (code === internalError && kept.size > 0) drop()
      else if (hasWorked(code)) add()
    })
  }
  return {
    /** Source and code of a script, if it is kept. */
    get(file) {
      const known = kept.get(file)
      return known && crc32(known.source) === checksums[file] ? known : undefined
    },
    use(file, { source, script }) {
      used.set(file, { source, script })
      if (!kept.has(file) || script.cachedDataRejected !== false) hasAll = false
    },
    /** Forgets what is kept: this run goes on without, and the next one finds what this one has compiled. */
    drop,
  }
}

/** The folders that are kts's own, the outermost first, and the file in the last of them. */
function placeOf(build, name) {
  const base = cacheFolder()
  if (!base || process.env.NODE_DISABLE_COMPILE_CACHE) return undefined
  const own = join(base, 'kts')
  const code = join(own, 'code')
  const folder = join(code, `${build}-${process.version}-${process.arch}`)
  return { base, folders: [own, code, folder], file: join(folder, `${name}.bin`) }
}

function cacheFolder() {
  const { HOME, LOCALAPPDATA, XDG_CACHE_HOME } = process.env
  const base = process.platform === 'win32' ? LOCALAPPDATA : XDG_CACHE_HOME || (HOME && join(HOME, '.cache'))
  return base && isAbsolute(base) ? base : undefined
}

/** A run that was interrupted has done its work; one that failed has called little. */
const hasWorked = (code) => code === 0 || code > 128

/** Whoever else can write here decides what runs. Windows keeps the folders of a user from the others by itself. */
function isOwn(stats) {
  const user = process.geteuid?.()
  return user === undefined || (stats.uid === user && (stats.mode & writableByOthers) === 0)
}

const areOwn = (folders) => folders.map((path) => lstatSync(path)).every((stats) => stats.isDirectory() && isOwn(stats))

/** Throws unless the file and its folders are the user's own, and none of them is a link. A pipe is not waited for. */
function readOwn({ folders, file }) {
  if (!areOwn(folders)) throw new Error('not our own')
  const descriptor = openSync(file, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0))
  try {
    const stats = fstatSync(descriptor)
    if (!stats.isFile() || !isOwn(stats)) throw new Error('not our own')
    return readFileSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

const aligned = (length) => Math.ceil(length / alignment) * alignment

/** The head, the index, and then source and code of each script, padded. Throws when the pack is not whole. */
function readPack(bytes) {
  if (bytes.readUInt32LE(0) !== crc32(bytes.subarray(4))) throw new Error('not whole')
  const end = headLength + bytes.readUInt32LE(4)
  const scripts = new Map()
  let position = aligned(end)
  for (const [file, sourceLength, codeLength] of JSON.parse(bytes.latin1Slice(headLength, end))) {
    const codeAt = position + aligned(sourceLength)
    const source = bytes.subarray(position, position + sourceLength)
    scripts.set(file, { source, code: bytes.subarray(codeAt, codeAt + codeLength) })
    position = codeAt + aligned(codeLength)
  }
  return scripts
}

function writePack(kept, used) {
  const scripts = new Map(kept)
  for (const [file, { source, script }] of used) scripts.set(file, { source, code: script.createCachedData() })
  const lengths = [...scripts].map(([file, { source, code }]) => [file, source.length, code.length])
  const index = Buffer.from(JSON.stringify(lengths))
  const head = Buffer.alloc(headLength)
  head.writeUInt32LE(index.length, 4)
  const parts = [Buffer.concat([head, index]), ...[...scripts.values()].flatMap(({ source, code }) => [source, code])]
  const pack = Buffer.concat(parts.flatMap((part) => [part, Buffer.alloc(aligned(part.length) - part.length)]))
  pack.writeUInt32LE(crc32(pack.subarray(4)))
  return pack
}

/** The file comes into being whole: on the disk first, and then under its name. */
function keep({ base, folders, file }, makeBytes) {
  const unfinished = `${file}.${process.pid}-${process.hrtime.bigint()}`
  attempt(() => {
    makeFolders(base, folders)
    writeFileSync(unfinished, makeBytes(), { mode: 0o600, flag: 'wx', flush: true })
    renameSync(unfinished, file)
    removeOldest(dirname(dirname(file)))
  })
  attempt(() => rmSync(unfinished, { force: true }))
}

/**
 * Throws where the folders would not be the user's own: nothing is put into those of somebody else.
 * Not with `recursive`: Node goes round for ever where a folder takes no folders and says ENOENT, as /proc does.
 */
function makeFolders(base, folders) {
  const missing = []
  let above = base
  for (; statSync(above, { throwIfNoEntry: false }) === undefined; above = dirname(above)) missing.unshift(above)
  const user = process.geteuid?.()
  // Root that runs in another user's home would leave folders there which that user cannot write.
  if (user !== undefined && ![user, root].includes(statSync(above).uid)) throw new Error('not our own')
  for (const path of [...missing, ...folders]) attempt(() => mkdirSync(path, { mode: 0o700 }))
  if (!areOwn(folders)) throw new Error('not our own')
}

function removeOldest(folder) {
  const paths = readdirSync(folder).map((name) => join(folder, name))
  const builds = paths.map((path) => ({ path, writtenAt: lstatSync(path).mtimeMs }))
  const old = builds.sort((a, b) => b.writtenAt - a.writtenAt).slice(keptBuilds)
  for (const { path } of old) rmSync(path, { recursive: true, force: true })
}

/** A cache that cannot be read or written costs time and nothing else. */
function attempt(action) {
  try {
    return action()
  } catch {
    return undefined
  }
}
