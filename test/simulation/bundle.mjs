import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))

/**
 * Puts the simulation and the broker into one file, with a bug planted where one is given: in each of its edits the
 * text `from`, which must be in the source file once, becomes `to`. The sources themselves know of no bug.
 */
export async function bundle(outfile, { edits = [] } = {}) {
  const planted = new Set()
  const plant = {
    name: 'plant',
    setup({ onLoad }) {
      onLoad({ filter: /[\\/]src[\\/].*\.ts$/ }, async ({ path }) => {
        const ours = edits.filter(({ file }) => join(root, file) === path)
        if (ours.length === 0) return undefined
        let contents = await readFile(path, 'utf8')
        for (const edit of ours) {
          if (contents.split(edit.from).length !== 2) throw new Error(`${edit.file} does not have once: ${edit.from}`)
          contents = contents.replace(edit.from, () => edit.to)
          planted.add(edit)
        }
        return { contents, loader: 'ts' }
      })
    },
  }
  await build({
    absWorkingDir: root,
    entryPoints: ['test/simulation/worker.ts'],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    sourcemap: 'inline',
    packages: 'external',
    plugins: [plant],
    logLevel: 'warning',
  })
  for (const edit of edits) if (!planted.has(edit)) throw new Error(`${edit.file} is not part of the simulation`)
}
