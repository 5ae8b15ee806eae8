'use strict'
// Read by any Node, however old: nothing newer than Node 6 before the version has been looked at.
const { existsSync } = require('fs')
const { join } = require('path')

/** The least that package.json asks for. */
const NODE = [20, 19]

/** What records may pass through for long, by the names that nameOf gives, without `.sh`. */
const STREAMING = [
  'kafka-console-consumer',
  'kafka-console-producer',
  'kafka-server-start',
  'kts-broker',
  'kts-consume',
  'kts-produce',
  'kts-up',
  'kts-web',
]

/** Runs the command line under a tool's name. */
exports.launch = function launch(tool) {
  const root = join(__dirname, '..')
  if (isOlder(process.versions.node.split('.').map(Number))) {
    return refuse(tool, `kts needs Node ${NODE.join('.')} or later, and this is Node ${process.versions.node}`)
  }
  const folder = join(root, 'dist', 'cli')
  if (!existsSync(join(folder, 'build.json'))) return refuse(tool, `kts is not built: ${howToBuild(root)}`)
  const name = nameOf(tool, process.argv[2])
  const { runChunks, keepHeapSmall } = require(join(folder, 'start.cjs'))
  const cli = runChunks(folder, 'cli.js', name)
  if (STREAMING.includes(name.replace(/\.sh$/, ''))) keepHeapSmall()
  return cli.main(tool)
}

function isOlder(version) {
  return version[0] < NODE[0] || (version[0] === NODE[0] && version[1] < NODE[1])
}

/** Only a clone has what it is built from; the package of a registry is never without. */
function howToBuild(root) {
  if (existsSync(join(root, 'scripts', 'build.mjs'))) return `run npm ci && npm run build in ${root}`
  return 'its install scripts did not run; install it again without --ignore-scripts'
}

function refuse(tool, reason) {
  process.stderr.write(`${tool}: ${reason}\n`)
  process.exitCode = 1
}

/** Each command needs other chunks. */
function nameOf(tool, word) {
  return tool === 'kts' && /^[a-z][a-z-]{1,20}$/.test(word || '') ? `kts-${word}` : tool
}
