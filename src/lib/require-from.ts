/**
 * A `require` for what is loaded when it is first needed, as seen from a file (`import.meta.url`). `node:module` itself
 * takes a part of a millisecond, and most commands never get here.
 */
export const requireFrom = (url: string): NodeJS.Require => process.getBuiltinModule('node:module').createRequire(url)
