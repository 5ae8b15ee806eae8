#!/usr/bin/env node
// Bundles kts into dist/: the command line as chunks, of which a command loads its own, the broker as a library, and
// the page that kts web serves; and the licences of what is bundled into THIRD-PARTY-NOTICES.txt. With the names of
// entries (`node scripts/build.mjs cli`) only those.
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { cp, mkdir, mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import { bundlePage } from './bundle-page.mjs'
import { chunkScript } from './chunk-script.mjs'
import { thirdPartyNotices } from './third-party.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))

/** What a package loads at its start, and few commands need: it is loaded when it is used. */
const lazily = {
  name: 'lazily',
  setup({ onResolve, onLoad }) {
    // With it come all of kafkajs's own requests, which are two thirds of it.
    onResolve({ filter: /^\.\.\/broker\/saslAuthenticator$/ }, ({ resolveDir }) => ({
      path: join(resolveDir, '../broker/saslAuthenticator/index.js'),
      namespace: 'lazy-authenticator',
    }))
    onLoad({ filter: /./, namespace: 'lazy-authenticator' }, ({ path }) => ({
      contents: `module.exports = class {
        constructor(...args) { this.args = args }
        async authenticate() {
          const { default: Authenticator } = await import(${JSON.stringify(path)})
          const authenticator = new Authenticator(...this.args)
          await authenticator.authenticate()
          this.sessionLifetime = authenticator.sessionLifetime
        }
      }`,
      resolveDir: root,
    }))
    onResolve({ filter: /^node:child_process$/ }, ({ importer, namespace }) =>
      importer.includes('commander') && namespace === 'file'
        ? { path: 'node:child_process', namespace: 'lazy-module' }
        : undefined,
    )
    onLoad({ filter: /./, namespace: 'lazy-module' }, ({ path }) => ({
      contents: `module.exports = new Proxy({}, { get: (_, name) => require(${JSON.stringify(path)})[name] })`,
    }))
  },
}
const dist = join(root, 'dist')
const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
const sources = { cli: 'src/cli.ts', broker: 'src/library/index.ts', web: 'src/web/main.tsx' }
const common = {
  write: false,
  bundle: true,
  plugins: [lazily],
  // Names of functions and classes stay, for stack traces: wrapping each to keep its name costs more than the bytes.
  minifyWhitespace: true,
  minifySyntax: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  // Native add-ons are found in node_modules at run time.
  external: ['@node-rs/crc32', 'snappy', 'lz4-napi', '@toondepauw/node-zstd'],
  // Licences are in THIRD-PARTY-NOTICES.txt.
  legalComments: 'none',
  metafile: true,
  absWorkingDir: root,
  logLevel: 'warning',
}
const formats = {
  cli: {
    splitting: true,
    outdir: join(dist, 'cli'),
    define: { 'import.meta': '__meta', __ktsVersion: JSON.stringify(version) },
  },
  // kafkajs and others are CommonJS and call require() for Node's own modules.
  broker: {
    // In chunks as well: the registry is loaded where it is asked for.
    splitting: true,
    outdir: dist,
    entryNames: 'broker',
    chunkNames: 'broker/[name]-[hash]',
    banner: {
      js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
    },
  },
}
const wanted = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(sources)
const entries = wanted.filter((name) => existsSync(join(root, sources[name])))

const started = new Date()
const declarations = await mkdtemp(join(tmpdir(), 'kts-types-'))
try {
  const [{ files, notices }, types] = await Promise.all([bundle(), entries.includes('broker') ? declareBroker() : []])
  // Only now, so that a build that fails leaves the last good one.
  await rm(dist, { recursive: true, force: true })
  await mkdir(dist)
  for (const { path, text } of files) {
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, text)
  }
  await writeFile(join(root, 'THIRD-PARTY-NOTICES.txt'), notices)
  for (const path of types) await cp(path, join(dist, 'types', relative(declarations, path)))
  await markBuilt()
} catch (error) {
  process.stderr.write(`build: ${error.message}\n`)
  process.exitCode = 1
} finally {
  await rm(declarations, { recursive: true, force: true })
}

async function bundle() {
  const built = await Promise.all(
    entries.map(async (name) => {
      if (name === 'web') return await bundlePage(root, join(dist, 'web'))
      const { outputFiles, metafile } = await build({
        ...common,
        ...formats[name],
        entryPoints: [join(root, sources[name])],
      })
      return { files: name === 'cli' ? await asScripts(outputFiles) : outputFiles, metafile }
    }),
  )
  const notices = await thirdPartyNotices(
    root,
    built.map(({ metafile }) => metafile),
  )
  return { files: built.flatMap(({ files }) => files), notices }
}

/** What bin/chunks.js runs, and what to know the build by: packs of another build are not its own. */
async function asScripts(chunks) {
  const scripts = chunks.map(({ path, text }) => ({ path, text: chunkScript(text) }))
  scripts.push(await starter())
  const digest = createHash('sha256')
    .update(
      scripts
        .map(({ path, text }) => `${basename(path)}\0${text}`)
        .sort()
        .join('\0'),
    )
    .digest('hex')
  return [...scripts, { path: join(dist, 'cli', 'build.json'), text: JSON.stringify({ build: digest.slice(0, 16) }) }]
}

/** bin/start.js and what it needs in one file: Node takes half a millisecond for each that it finds and compiles. */
async function starter() {
  const { outputFiles } = await build({
    ...common,
    format: 'cjs',
    entryPoints: [join(root, 'bin', 'start.js')],
    outfile: join(dist, 'cli', 'start.cjs'),
  })
  return { path: outputFiles[0].path, text: outputFiles[0].text }
}

/**
 * Type declarations of the broker as a library, which package.json exports as `kts/broker`: what they name, and nothing
 * of its inside.
 */
async function declareBroker() {
  const config = {
    extends: join(root, 'tsconfig.json'),
    compilerOptions: {
      declaration: true,
      emitDeclarationOnly: true,
      rootDir: join(root, 'src'),
      outDir: declarations,
      typeRoots: [join(root, 'node_modules/@types')],
    },
    include: [],
    files: [join(root, sources.broker), join(root, 'src/lib/client/kafkajs-internals.d.ts')],
  }
  const file = join(declarations, 'tsconfig.json')
  await writeFile(file, JSON.stringify(config))
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  // Types are npm test's business; here an error of theirs is shown, and what could be declared is kept.
  await promisify(execFile)(process.execPath, [tsc, '-p', file]).catch(({ stdout }) =>
    process.stderr.write(`build: types of the broker\n${stdout}`),
  )
  return await declarationsFrom(join(declarations, 'library/index.d.ts'))
}

/** The file, and those that it imports, and so on. */
async function declarationsFrom(path, seen = new Set()) {
  if (seen.has(path)) return seen
  seen.add(path)
  for (const [, name] of (await readFile(path, 'utf8')).matchAll(/\b(?:from |import\()['"](\..+?)\.ts['"]/g))
    await declarationsFrom(join(dirname(path), `${name}.d.ts`), seen)
  return seen
}

/** Dated from the start of the build: ensure-built.mjs compares the sources with it. */
async function markBuilt() {
  await writeFile(join(dist, '.built'), '')
  await utimes(join(dist, '.built'), started, started)
}
