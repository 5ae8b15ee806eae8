'use strict'
const { startMs } = require('./code-cache.js')

/**
 * Keeps the heap of what runs for long small, from when it has started. V8 lets its young generation grow to 32 MiB
 * while records pass through, and the old one to several times what is alive; both only cost the processor's caches
 * here.
 * Not earlier: V8 takes compiled code, Node's own too, under no other flags than those that it was made under, and ours
 * is kept by then (code-cache.js, whose timer comes first).
 */
exports.keepHeapSmall = function keepHeapSmall() {
  setTimeout(() => {
    const { setFlagsFromString } = require('node:v8')
    setFlagsFromString('--semi-space-growth-factor=1')
    setFlagsFromString('--heap-growing-percent=50')
  }, startMs).unref()
}
