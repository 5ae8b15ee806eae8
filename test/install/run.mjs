// npm run test:install: what README says about installing, done in fresh clones, and what users do besides.
import { copyFileSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { firstLine, outcomeOf, run, startProcess, stopProcess } from '../support/processes.mjs'
import { Missing, Tally } from '../support/tally.mjs'
import { temporaryFolder } from '../support/temporary-folder.mjs'

const root = fileURLToPath(new URL('../..', import.meta.url))
const folder = temporaryFolder('kts-install-')
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const tally = new Tally()
const INSTALL = { limitS: 420 }

/** A user of this machine who has not seen kts before; npm's settings count, those of the npm that runs this do not. */
const foreign = /^(npm_|KTS_|XDG_|NODE_ENV$|NODE_OPTIONS$)/i
const isOurs = ([name]) => !foreign.test(name) || /registry|cafile|proxy/i.test(name)
const environment = {
  ...Object.fromEntries(Object.entries(process.env).filter(isOurs)),
  XDG_CACHE_HOME: join(folder, 'cache'),
  XDG_CONFIG_HOME: join(folder, 'config'),
  XDG_STATE_HOME: join(folder, 'state'),
}
/** npm that installs programs into a folder of this suite. */
const into = (prefix) => ({ ...environment, npm_config_prefix: join(folder, prefix) })
const program = (prefix, name) => join(folder, prefix, 'bin', name)

/** Neither the types of Node nor a later library of the language are asked of users, but for `await using`. */
const COMPILERS = [
  { lib: ['es2022'], types: [], files: ['start.ts'] },
  { lib: ['es2022', 'esnext.disposable'], types: [], files: ['start.ts', 'use.ts'] },
  { lib: ['es2022'], types: ['node'], files: ['start.ts', 'use.ts'] },
  { lib: ['esnext'], types: ['node'], files: ['start.ts', 'use.ts'] },
]
const TYPED = {
  'start.ts': `import { startBroker, EnvironmentError, UserError, type BrokerOptions, type TopicSeed } from 'kts/broker'
    const users: TopicSeed = { name: 'users', partitions: 2, configs: { 'retention.ms': 1000 } }
    const options: BrokerOptions = { topics: ['a', 'b:3', users], properties: { 'auto.create.topics.enable': false } }
    export const broker = await startBroker(options)
    await startBroker({ port: broker.port }).catch((error: unknown) => {
      if (!(error instanceof EnvironmentError || error instanceof UserError)) throw error
      const code: string | undefined = error.code
      return code
    })`,
  'use.ts': `import { startBroker } from 'kts/broker'
    await using broker = await startBroker()
    export const address: string = broker.bootstrapServers`,
}

try {
  if (process.platform === 'win32') throw new Missing('programs are elsewhere on Windows')
  const source = await makeRepository()
  const packed = await tally.check('npm pack in a fresh clone makes a package that can be installed', () =>
    installPackage(source),
  )
  await tally.check('the lines of README install kts from a fresh clone', () => installClone(source))
  await tally.check('a project has kts by git', () => installByGit(source))
  await tally.check('a project has kts by the package', () => installInProject(packed))
  await tally.check('the types of kts/broker pass a strict compiler', () => compileInProject(packed))
  await tally.check('without its scripts kts says what to do', () => installWithoutScripts(source))
} catch (error) {
  if (error instanceof Missing) tally.skipped('installation', error.message, 6)
  else tally.failed('installation', error.stack)
}
tally.end()

/** This work tree as it is, changes included, as a repository to clone from. */
async function makeRepository() {
  const repository = join(folder, 'repository')
  const git = (...args) =>
    run('git', ['-C', repository, '-c', 'user.name=kts', '-c', 'user.email=kts@localhost', ...args])
  const list = ['-C', root, 'ls-files', '-z', '--cached', '--others', '--exclude-standard']
  const { stdout } = await run('git', list).catch((error) => {
    throw new Missing(`this is no clone of git (${error.message})`)
  })
  for (const path of stdout.split('\0').filter((path) => path !== '' && existsSync(join(root, path)))) {
    mkdirSync(join(repository, dirname(path)), { recursive: true })
    copyFileSync(join(root, path), join(repository, path))
  }
  await git('init', '--quiet')
  await git('add', '--all')
  await git('commit', '--quiet', '--message', 'As it is')
  return repository
}

async function clone(source, name) {
  await run('git', ['clone', '--quiet', source, join(folder, name)])
  return join(folder, name)
}

async function installClone(source) {
  const cwd = await clone(source, 'clone')
  const lines = /^## Install\n[^]*?^```sh\n([^]*?)^```/m.exec(readFileSync(join(cwd, 'README.md'), 'utf8'))[1]
  const env = into('from-clone')
  // As npm's folder of programs is on the PATH of its users.
  const path = `${join(folder, 'from-clone', 'bin')}:${env.PATH}`
  const { stdout } = await run('sh', ['-ec', lines], { ...INSTALL, cwd, env: { ...env, PATH: path } })
  demand(stdout.includes(`kts ${version} (`), `README's lines say ${stdout}`)
  const page = join(folder, 'from-clone', 'share', 'man', 'man1', 'kts-topics.1')
  demand(existsSync(page), 'there is no manual page')
  await use(program('from-clone', 'kts'), program('from-clone', 'kafka-topics.sh'))
}

async function installPackage(source) {
  const cwd = await clone(source, 'packed')
  const { stdout } = await run('npm', ['pack', '--silent'], { ...INSTALL, cwd, env: environment })
  demand(stdout.trim() === `kts-${version}.tgz`, `npm pack says ${stdout}`)
  await run('npm', ['install', '-g', `./kts-${version}.tgz`], { ...INSTALL, cwd, env: into('from-package') })
  await use(program('from-package', 'kts'), program('from-package', 'kafka-topics.sh'))
  const notices = join(folder, 'from-package', 'lib', 'node_modules', 'kts', 'THIRD-PARTY-NOTICES.txt')
  demand(readFileSync(notices, 'utf8').includes('kafkajs'), 'the package has no licences of others')
  return join(cwd, `kts-${version}.tgz`)
}

async function installByGit(source) {
  await useInProject('by-git', `git+file://${source}`)
}

async function installInProject(packed) {
  if (packed === undefined) throw new Missing('there is no package')
  await useInProject('by-package', packed)
}

async function compileInProject(packed) {
  if (packed === undefined) throw new Missing('there is no package')
  const cwd = join(folder, 'by-package')
  for (const [name, text] of Object.entries(TYPED)) writeFileSync(join(cwd, name), text)
  for (const { lib, types, files } of COMPILERS) {
    const compilerOptions = {
      ...{ lib, types, typeRoots: [join(root, 'node_modules', '@types')] },
      ...{ target: 'es2022', module: 'nodenext', noEmit: true, strict: true, exactOptionalPropertyTypes: true },
    }
    writeFileSync(join(cwd, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }))
    await run(process.execPath, [join(root, 'node_modules', 'typescript', 'bin', 'tsc')], { cwd })
  }
}

/** A project that depends on kts runs its programs, and has a broker for its tests. */
async function useInProject(name, dependency) {
  const cwd = join(folder, name)
  mkdirSync(cwd)
  writeFileSync(join(cwd, 'package.json'), JSON.stringify({ name, private: true, type: 'module' }))
  await run('npm', ['install', dependency], { ...INSTALL, cwd, env: environment })
  await use(join(cwd, 'node_modules', '.bin', 'kts'), join(cwd, 'node_modules', '.bin', 'kafka-topics.sh'))
  const code = `import { startBroker } from 'kts/broker'
    const broker = await startBroker()
    await broker.stop()
    console.log('ran')`
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', code], { cwd, env: environment })
  demand(stdout === 'ran\n', `kts/broker says ${stdout}`)
}

async function installWithoutScripts(source) {
  const cwd = await clone(source, 'bare')
  await run('npm', ['install', '-g', '--ignore-scripts', '.'], { ...INSTALL, cwd, env: into('without-scripts') })
  for (const name of ['kts', 'kafka-topics.sh']) {
    await refuses(
      program('without-scripts', name),
      `${name}: kts is not built: run npm ci && npm run build in ${cwd}\n`,
    )
  }
  const alone = join(folder, 'alone')
  mkdirSync(alone)
  for (const name of ['bin', 'package.json']) symlinkSync(join(cwd, name), join(alone, name))
  const reason = 'its install scripts did not run; install it again without --ignore-scripts'
  const flags = ['--preserve-symlinks', '--preserve-symlinks-main']
  await refuses(join(alone, 'bin', 'kts'), `kts: kts is not built: ${reason}\n`, flags)
}

async function refuses(path, reason, flags = []) {
  const options = { env: environment, stdio: ['ignore', 'pipe', 'pipe'] }
  const child = startProcess(process.execPath, [...flags, path, '--version'], options)
  const { code, stdout, stderr } = await outcomeOf(child)
  demand(code === 1 && stdout === '' && stderr === reason, `it ends with ${code} and says ${stdout}${stderr}`)
}

/** A broker, a record with each codec through it, and a drop-in. */
async function use(kts, dropIn) {
  const options = { env: environment, stdio: ['ignore', 'pipe', 'inherit'] }
  const broker = startProcess(kts, ['broker', 'start', '--port', '0', '--in-memory'], options)
  try {
    const [, server] = /ready at (\S+:\d+)/.exec(await firstLine(broker))
    const tool = async (path, args, input) =>
      (await run(path, [...args, '--bootstrap-server', server], { env: environment, input })).stdout
    for (const codec of ['none', 'gzip', 'snappy', 'lz4', 'zstd']) {
      await tool(kts, ['topics', '--create', '--topic', codec])
      await tool(kts, ['produce', '--topic', codec, '--compression-codec', codec], `as ${codec}\n`)
      const read = await tool(kts, ['consume', '--topic', codec, '--from-beginning', '--max-messages', '1'])
      demand(read === `as ${codec}\n`, `a record comes back as ${read}`)
    }
    const listed = await tool(dropIn, ['--list'])
    demand(listed === 'gzip\nlz4\nnone\nsnappy\nzstd\n', `the drop-in lists ${listed}`)
  } finally {
    await stopProcess(broker)
  }
}

function demand(isTrue, reason) {
  if (!isTrue) throw new Error(reason.trim())
}
