import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build, transform } from 'esbuild'

/**
 * The page: a script, a style sheet and an icon whose names carry a digest of what they hold, each compressed as well,
 * and the document that names them. Its server reads manifest.json.
 */
export async function bundlePage(root, outdir) {
  const folder = join(root, 'src', 'web')
  const [script, style] = await Promise.all([
    build({
      write: false,
      bundle: true,
      minify: true,
      format: 'esm',
      target: ['es2022'],
      jsx: 'automatic',
      jsxImportSource: 'preact',
      legalComments: 'none',
      metafile: true,
      absWorkingDir: root,
      logLevel: 'warning',
      outdir,
      entryPoints: [join(folder, 'main.tsx')],
    }),
    readFile(join(folder, 'style.css'), 'utf8').then((text) => transform(text, { loader: 'css', minify: true })),
  ])
  const assets = {
    SCRIPT: hashed('page.js', script.outputFiles[0].text),
    STYLE: hashed('page.css', style.code),
    ICON: hashed('icon.svg', await readFile(join(folder, 'icon.svg'), 'utf8')),
  }
  const document = (await readFile(join(folder, 'index.html'), 'utf8')).replace(
    /%(SCRIPT|STYLE|ICON)%/g,
    (_, asset) => assets[asset].name,
  )
  const manifest = { page: 'index.html', files: Object.values(assets).map(({ name }) => name) }
  const place = (name, text) => ({ path: join(outdir, name), text })
  return {
    files: [
      ...Object.values(assets).flatMap(({ name, text }) => [
        place(name, text),
        place(`${name}.gz`, gzipSync(text, { level: 9 })),
      ]),
      place('index.html', document),
      place('manifest.json', JSON.stringify(manifest)),
    ],
    metafile: script.metafile,
  }
}

function hashed(name, text) {
  const digest = createHash('sha256').update(text).digest('hex').slice(0, 10)
  return { name: name.replace('.', `-${digest}.`), text }
}
