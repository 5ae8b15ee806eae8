'use strict'
const { readFileSync } = require('node:fs')
const { sep } = require('node:path')
const { pathToFileURL } = require('node:url')
const { Script } = require('node:vm')
const { openPack } = require('./code-cache.js')

/**
 * Runs chunks of scripts/build.mjs, each when it is first asked for, and returns what `entry` exports. The chunks that
 * earlier runs under the same `name` needed come in one piece, with the code that V8 had compiled of them by its end:
 * all that was called, where Node's own compile cache holds what was compiled at first. Where there is no such pack,
 * and none can be kept, they are read and compiled as ever; NODE_DISABLE_COMPILE_CACHE=1 asks for that.
 */
exports.runChunks = function runChunks(folder, entry, name) {
  const pack = openPack(JSON.parse(readFileSync(folder + sep + 'build.json', 'latin1')).build, folder, name)
  const loaded = new Map()

  /** The `import.meta` of a chunk. Few ask for the address, and to make a URL takes a while. */
  const metaOf = (file) => ({
    get url() {
      return pathToFileURL(folder + sep + file).href
    },
  })
  const load = (file) => {
    const known = loaded.get(file)
    if (known) return known
    const exported = run(file)
    loaded.set(file, exported)
    return exported
  }
  const run = (file) => {
    try {
      const kept = pack.get(file)
      if (kept) return kept(requireFrom, importFrom, metaOf(file))
    } catch {
      // What was kept may be to blame: once more without it.
      pack.drop()
    }
    const source = readFileSync(folder + sep + file, 'latin1')
    pack.add(file, source)
    const script = new Script(source, { filename: folder + sep + file })
    return script.runInThisContext()(requireFrom, importFrom, metaOf(file))
  }
  const requireFrom = (id) => (id.startsWith('./') ? load(id.slice(2)) : require(id))
  const importFrom = (id) => Promise.resolve(id).then(requireFrom)
  return load(entry)
}
