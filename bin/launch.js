'use strict'
const { existsSync } = require('node:fs')
const { join } = require('node:path')
const { runChunks } = require('./chunks.js')

/** Runs the command line under a tool's name. */
exports.launch = function launch(tool) {
  const folder = join(__dirname, '..', 'dist', 'cli')
  if (!existsSync(folder)) {
    process.stderr.write(`${tool}: kts is not built yet: run npm run build\n`)
    process.exit(1)
  }
  return runChunks(folder, 'cli.js', nameOf(tool, process.argv[2])).main(tool)
}

/** Each command needs other chunks. */
function nameOf(tool, word = '') {
  return tool === 'kts' && /^[a-z][a-z-]{1,20}$/.test(word) ? `kts-${word}` : tool
}
