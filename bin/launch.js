'use strict'
const { existsSync } = require('node:fs')
const { join } = require('node:path')
const { loadCached } = require('./code-cache.js')

/** Runs the bundle under a tool's name. */
exports.launch = function launch(tool) {
  const bundle = join(__dirname, '..', 'dist', 'cli.cjs')
  if (!existsSync(bundle)) {
    process.stderr.write(`${tool}: kts is not built yet: run npm run build\n`)
    process.exit(1)
  }
  return loadCached(bundle, nameOf(tool, process.argv[2])).main(tool)
}

/** Each command compiles other parts of the bundle. */
function nameOf(tool, word = '') {
  return tool === 'kts' && /^[a-z][a-z-]{1,20}$/.test(word) ? `kts-${word}` : tool
}
