// The licences of what is bundled into dist/: MIT, ISC and the like ask that their text goes along.
import { readFile, readdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const INTRODUCTION =
  'kts contains code and declarations of the packages below, each under the licence that follows its name.\n'
/** Texts of packages that only name their licence, and its holder, in their package.json. */
const OWN_TEXTS = fileURLToPath(new URL('licences', import.meta.url))
/** What src has taken over from others without a package: declarations of types. */
const DECLARATIONS = join(OWN_TEXTS, 'declarations.txt')
const RULE = `\n${'-'.repeat(78)}\n\n`

/**
 * The notices for the packages in esbuild's metafiles, by name, and for the declarations in src. Throws for a package
 * that brings no text of its licence: it must not be bundled unseen.
 */
export async function thirdPartyNotices(root, metafiles) {
  const packages = await Promise.all(bundledPackages(root, metafiles).map(readPackage))
  packages.sort((a, b) => (a.title < b.title ? -1 : 1))
  const sections = packages.map(({ title, texts }) => `${title}\n\n${texts.join('\n\n')}\n`)
  return [INTRODUCTION, ...sections, await readFile(DECLARATIONS, 'utf8')].join(RULE)
}

/** Their folders, such as ROOT/node_modules/ora, but of no package of which tree shaking has left nothing. */
export function bundledPackages(root, metafiles) {
  const outputs = metafiles.flatMap((metafile) => Object.values(metafile.outputs))
  const used = outputs.flatMap(({ inputs }) => Object.keys(inputs).filter((path) => inputs[path].bytesInOutput > 0))
  const paths = used.map((path) => path.replace(/^lazy-[a-z]+:/, ''))
  const folders = paths.flatMap((path) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path) ?? [])
  return [...new Set(folders.map((folder) => resolve(root, folder)))]
}

async function readPackage(folder) {
  const { name, version, license, homepage } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'))
  const files = (await readdir(folder)).filter((file) => /^(licen[cs]e|copying|notice)/i.test(file)).sort()
  const paths = files.length > 0 ? files.map((file) => join(folder, file)) : await ownText(name)
  const texts = await Promise.all(paths.map(async (path) => (await readFile(path, 'utf8')).trim()))
  return { title: `${name} ${version} (${license})${homepage ? `, ${homepage}` : ''}`, texts }
}

async function ownText(name) {
  const file = `${name.replace('/', '+')}.txt`
  if (!(await readdir(OWN_TEXTS)).includes(file))
    throw new Error(`${name} is bundled and brings no text of its licence`)
  return [join(OWN_TEXTS, file)]
}
