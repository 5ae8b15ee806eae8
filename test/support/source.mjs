// Modules of the source, for scripts that run without a loader for TypeScript.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { temporaryFolder } from './temporary-folder.mjs'

const src = fileURLToPath(new URL('../../src/', import.meta.url))

/** What stands in node_modules stays there: the bundle lies elsewhere, and names it by its place. */
const packages = {
  name: 'packages',
  setup: ({ onResolve }) =>
    onResolve(
      { filter: /^[^./]/ },
      ({ path, kind }) => kind !== 'entry-point' && { path: import.meta.resolve(path), external: true },
    ),
}

/** Bundles a few lines of imports and exports, whose paths start at src/, and imports what they export. */
export async function importSource(contents) {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: src, loader: 'ts' },
    plugins: [packages],
    // Native modules are looked up from where the source lies.
    define: { 'import.meta.url': JSON.stringify(pathToFileURL(join(src, 'bundle.js')).href) },
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    keepNames: true,
    logLevel: 'warning',
  })
  const file = join(temporaryFolder('kts-source-'), 'source.mjs')
  writeFileSync(file, outputFiles[0].contents)
  return import(pathToFileURL(file).href)
}
