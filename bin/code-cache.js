'use strict'
const { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } = require('node:fs')
const { dirname, isAbsolute, join } = require('node:path')
const { constants, Script } = require('node:vm')

/** So many builds, each under its own release of Node, find their code again. */
const keptBuilds = 8

/**
 * Runs a bundle of scripts/build.mjs and returns what it exports, with the code that V8 compiled of it in an earlier run
 * under the same `name`: all that that run called, where Node's own compile cache holds what was compiled at first. Where
 * there is none, and none can be kept, the bundle is compiled as ever; NODE_DISABLE_COMPILE_CACHE=1 asks for that.
 */
exports.loadCached = function loadCached(file, name) {
  const source = readFileSync(file, 'utf8')
  const cacheFile = placeOf(source, name)
  const cachedData = cacheFile && attempt(() => readFileSync(cacheFile))
  const script = new Script(source, { filename: file, cachedData, importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER })
  if (cacheFile && (!cachedData || script.cachedDataRejected)) process.once('exit', (code) => hasWorked(code) && keep(cacheFile, script))
  const module = { exports: {} }
  script.runInThisContext()(module.exports, require, module, file, dirname(file))
  return module.exports
}

/** V8 itself compares its version, its flags and the length of the source; the digest tells sources of one length apart. */
function placeOf(source, name) {
  const folder = cacheFolder()
  const digest = /^\/\/ ([0-9a-f]+)\n/.exec(source)?.[1]
  if (!folder || !digest || process.env.NODE_DISABLE_COMPILE_CACHE) return undefined
  return join(folder, `${digest}-${process.version}-${process.arch}`, `${name}.bin`)
}

/** The user's own: whoever can write here decides what runs. */
function cacheFolder() {
  const { HOME, LOCALAPPDATA, XDG_CACHE_HOME } = process.env
  const base = process.platform === 'win32' ? LOCALAPPDATA : XDG_CACHE_HOME || (HOME && join(HOME, '.cache'))
  return base && isAbsolute(base) ? join(base, 'kts', 'code') : undefined
}

/** A run that was interrupted has done its work; one that failed has called little. */
const hasWorked = (code) => code === 0 || code > 128

/**
 * At the end of a run, when all that it needs is compiled. V8 trusts what it reads, so the file comes into being whole: on
 * the disk first, and then under its name.
 */
function keep(cacheFile, script) {
  const unfinished = `${cacheFile}.${process.pid}-${process.hrtime.bigint()}`
  attempt(() => {
    mkdirSync(dirname(cacheFile), { recursive: true, mode: 0o700 })
    writeFileSync(unfinished, script.createCachedData(), { mode: 0o600, flush: true })
    renameSync(unfinished, cacheFile)
    removeOldest(dirname(dirname(cacheFile)))
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
