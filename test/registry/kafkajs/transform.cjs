// TypeScript for jest, with the registry that is meant in place of the one that the tests name.
const { transformSync } = require('esbuild')

const NAMED = 'http://localhost:8982'

module.exports = {
  process: (text, sourcefile) =>
    transformSync(text.replaceAll(NAMED, process.env.REGISTRY_URL), { loader: 'ts', format: 'cjs', sourcefile }),
  getCacheKey: (text, path) => `${path} ${process.env.REGISTRY_URL} ${text.length}`,
}
