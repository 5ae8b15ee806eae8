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
const { Script } = require('node:vm')
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
const startMs = (exports.startMs = 2000)
/** What a user who is not root may find above a folder of his own. */
const root = 0

/**
 * The chunks that earlier runs of one build needed under one name, and what V8 compiled of them: those that a run was
 * the first to need are one script, since V8 takes up one large script in half the time of a hundred small ones. What
 * this run needs besides is added at the end of the process, or two seconds after its start, and its code by the next
 * run. V8 believes what it is given, so a pack counts only when it is the user's own and whole, and of this build.
 */
exports.openPack = function openPack(build, folder, name) {
  const place = placeOf(build, name)
  let kept = (place && attempt(() => readPack(readOwn(place)))) ?? []
  const added = new Map()
  let hasAllCode = true
  const drop = () => {
    kept = []
    if (place) attempt(() => rmSync(place.file, { force: true }))
  }
  const compiled = (part) => {
    const { source, code } = part
    const script = new Script(source.latin1Slice(), { filename: join(folder, name), cachedData: code })
    if (script.cachedDataRejected !== false) hasAllCode = false
    part.script = script
    return script.runInThisContext()
  }
  let hasStarted = false
  const save = () => {
    if (!hasStarted && (added.size > 0 || !hasAllCode)) keep(place, () => writePack(kept, added))
    hasStarted = true
  }
  if (place) {
    setTimeout(save, startMs).unref()
    process.once('exit', (code) => {
      if (code === internalError && kept.length > 0) drop()
      else if (hasWorked(code)) save()
    })
  }
  return {
    /** The function that a chunk is, if it is kept. */
    get(file) {
      const part = kept.find(({ files }) => files.includes(file))
      if (part) return (part.chunks ??= compiled(part))[file]
    },
    /** Keeps what this run has had to read. */
    add: (file, source) => added.set(file, source),
    /** Forgets what is kept: this run goes on without, and the next one finds what this one has read. */
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

/** The head, the index, and then source and code of each part, padded. Throws when the pack is not whole. */
function readPack(bytes) {
  if (bytes.readUInt32LE(0) !== crc32(bytes.subarray(4))) throw new Error('not whole')
  const end = headLength + bytes.readUInt32LE(4)
  let position = aligned(end)
  const take = (length) => {
    const taken = bytes.subarray(position, position + length)
    position += aligned(length)
    return taken
  }
  return JSON.parse(bytes.latin1Slice(headLength, end)).map(([files, sourceLength, codeLength]) => ({
    files,
    source: take(sourceLength),
    code: codeLength > 0 ? take(codeLength) : undefined,
  }))
}

function writePack(kept, added) {
  const parts = kept.map(({ files, source, code, script }) => [files, source, script?.createCachedData() ?? code])
  if (added.size > 0) parts.push([[...added.keys()], joined(added), undefined])
  const index = Buffer.from(JSON.stringify(parts.map(([files, source, code]) => [files, source.length, code?.length])))
  const head = Buffer.alloc(headLength)
  head.writeUInt32LE(index.length, 4)
  const pieces = [
    Buffer.concat([head, index]),
    ...parts.flatMap(([, source, code]) => (code ? [source, code] : [source])),
  ]
  const pack = Buffer.concat(pieces.flatMap((piece) => [piece, Buffer.alloc(aligned(piece.length) - piece.length)]))
  pack.writeUInt32LE(crc32(pack.subarray(4)))
  return pack
}

/** A script that gives the function of each chunk by its name. */
const joined = (sources) =>
  Buffer.from(
    `({\n${[...sources].map(([file, source]) => `${JSON.stringify(file)}:${source}`).join(',\n')}})`,
    'latin1',
  )

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
