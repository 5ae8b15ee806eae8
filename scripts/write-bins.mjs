#!/usr/bin/env node
// Writes a launcher for kts and for every drop-in name of the registry, and the same names, and those of the manual
// pages, into package.json.
import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const bundled = await build({
  entryPoints: [join(root, 'src/commands/index.ts')],
  bundle: true,
  write: false,
  format: 'esm',
  platform: 'node',
  packages: 'external',
  plugins: [
    {
      name: 'registry-only',
      setup: (b) =>
        b.onResolve({ filter: /^\.\/[^.]/ }, (args) =>
          args.kind === 'dynamic-import' ? { path: args.path, external: true } : undefined,
        ),
    },
  ],
})
const { commands } = await import(
  `data:text/javascript;base64,${Buffer.from(bundled.outputFiles[0].contents).toString('base64')}`
)

const names = ['kts', ...commands.flatMap((entry) => entry.dropIns).flatMap((name) => [name, `${name}.sh`])]
for (const name of names) {
  const path = join(root, 'bin', name)
  writeFileSync(path, `#!/usr/bin/env node\n'use strict'\nrequire('./launch.js').launch('${name}')\n`)
  chmodSync(path, 0o755)
}
const file = join(root, 'package.json')
const manifest = JSON.parse(readFileSync(file, 'utf8'))
// The pages themselves are written when the package is packed.
manifest.man = [
  'kts',
  ...commands.filter((entry) => !entry.hidden).map((entry) => `kts-${entry.name.replaceAll(' ', '-')}`),
].map((name) => `man/${name}.1`)
manifest.bin = Object.fromEntries(names.map((name) => [name, `bin/${name}`]))
writeFileSync(file, `${JSON.stringify(manifest, null, 2)}\n`)
