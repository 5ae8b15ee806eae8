'use strict'
// What launch.js needs before the chunks, in one file: scripts/build.mjs makes dist/cli/start.cjs of it.
exports.runChunks = require('./chunks.js').runChunks
exports.keepHeapSmall = require('./small-heap.js').keepHeapSmall
