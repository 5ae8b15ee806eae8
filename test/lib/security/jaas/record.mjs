// Records golden.json: what Apache Kafka 4.3.0 makes of odd texts of sasl.jaas.config. Needs a JDK and Maven; the test
// does not.
//   node test/lib/security/jaas/record.mjs
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { classpathOf, compileJava, fetchJars } from '../../../kafka/jars.mjs'
import { run } from '../../../support/processes.mjs'
import { removeFolder, temporaryFolder } from '../../../support/temporary-folder.mjs'

const here = fileURLToPath(new URL('.', import.meta.url))
const module = 'org.apache.kafka.common.security.plain.PlainLoginModule'
const withOptions = (options) => `${module} required ${options};`

const wholes = [
  '',
  ' ',
  ';',
  '=',
  '"',
  "'",
  '/',
  '//',
  '/*',
  '/**/',
  '\\',
  module,
  `${module};`,
  `${module} required`,
  `${module} required;`,
  `${module} required ;`,
  `${module} required username="a" password="b"`,
  `${module} required;;`,
  `${module} required; trailing`,
  `${module} required a=b; ${module} required a=c;`,
  `"${module}" "required" "a"="b";`,
  `'${module}' 'required' 'a'='b';`,
  `${module} REQUIRED a=b;`,
  `${module} Requisite a=b;`,
  `${module} sufficient a=b;`,
  `${module} oPtIoNaL a=b;`,
  `${module} maybe a=b;`,
  `${module} = a=b;`,
  `; required a=b;`,
  `= required a=b;`,
  `"" required a=b;`,
  `'' '' a=b;`,
  `// comment\n${module} required a=b;`,
  `/* comment */ ${module} required a=b;`,
  `/ comment\n${module} required a=b;`,
  `${module} /* x */ required /* y */ a /* z */ = /* q */ b /* w */ ;`,
  `${module} required a=b; // end`,
  `${module} required a=b; /* end`,
  `${module} required a=b; / end`,
  `${module} required a=b; /* * / */`,
  `${module} required a=b /*\n*/;`,
  `${module} required a=b /* *\n/ c=d; */;`,
  `${module} required a=b /*\r\n*/ c=d;`,
  `${module} required a=b /*\n\n**/;`,
  `${module} required a=b /*\r*/ ; */;`,
  `${module} required a=b //\r;`,
  `\ufeff${module} required a=b;`,
  `${module}$Inner required a=b;`,
  `a/b required a=b;`,
  `1 2 a=b;`,
  `${module}\trequired\u0000a\u0001=\u001fb ;`,
  `${module} required\n  a="1"\r\n  b='2'\n;`,
  `KafkaClient { ${module} required a=b; };`,
]
const options = [
  'username="bob" password="secret"',
  "username='bob' password='secret'",
  'username=bob password=secret',
  'a=1',
  'a=1.5',
  'a=-1',
  'a=-',
  'a=.',
  'a=12abc',
  'a=abc12',
  'a=0x1F',
  'a=1e5',
  'a=1-2',
  'a=$x',
  'a=${HOME}',
  'a="${HOME}"',
  'a=x@y',
  'a=%',
  'a=a,b',
  'a=(b)',
  'a=[b]',
  'a={b}',
  'a=b:c',
  'a=b|c',
  'a=b!c',
  'a=#b',
  'a=b#c',
  'a=b?c',
  'a=*',
  'a=b&c',
  'a=<b>',
  'a=~',
  'a=^',
  'a=`b`',
  'a=b/c',
  'a=b//c',
  'a=b/*c*/',
  'a=/b',
  'a="b/c"',
  "a='b//c'",
  'a="b/*c*/"',
  'a=b\\c',
  'a=\\',
  'a=\\"',
  'a="b\\"c"',
  "a='b\\'c'",
  'a="b\'c"',
  "a='b\"c'",
  'a="b\\\\c"',
  'a="\\n\\r\\t\\f\\b\\a\\v"',
  'a="\\x\\y\\z\\8\\9"',
  'a="\\0"',
  'a="\\7"',
  'a="\\77"',
  'a="\\377"',
  'a="\\400"',
  'a="\\477"',
  'a="\\778"',
  'a="\\0001"',
  'a="\\08"',
  'a="\\u0041"',
  'a="b\nc"',
  'a="b\rc"',
  'a="b\\\nc"',
  "a='b\nc",
  'a="',
  'a="b',
  "a='",
  'a="b\\',
  'a=""',
  "a=''",
  'a="" b=""',
  'a="b"c',
  'a=b"c"',
  'a="b""c"',
  "a='b'c='d'",
  'a="b"c="d"',
  'a=b=c',
  'a==b',
  '=a',
  '=a=b',
  'a',
  'a b',
  'a=',
  'a= b',
  'a =b',
  'a = b',
  'a\n=\nb',
  'a=;',
  'a=;b',
  'a="="',
  'a=";"',
  '";"=a',
  '"="=a',
  'a="b" a="c"',
  '"a b"="c"',
  "'a'=b",
  '""=b',
  'A=b a=c',
  'a-b=c',
  'a_b=c',
  'a.b=c',
  'a$b=c',
  '1=2',
  'a=é',
  'a=ü',
  'a="ü"',
  'a=\u0080b',
  'a=\u0081',
  'a=\u009f',
  'a=\u00a0b',
  'a=b\u0085c',
  'a=\u007f',
  'a=\u0100',
  'a=日本',
  'a="日本"',
  'a=😀',
  'a="\u0081"',
  'a="😀\\😀"',
  'a=\u2028b',
  'a=\ufeffb',
  'required=required',
  'a=required',
  'a="b";c="d"',
  "username='p@s;s=w\"o\\'r d' password='x'",
  'password="pa=ss,w;o\'r\\"d\\\\x"',
  'a="\u0000"',
  "a=b'c",
  'a=b"c',
]

/** Any order of what has a meaning; the same ones each time. */
const pieces = [
  'a',
  'b=',
  '=',
  ';',
  ' ',
  '"',
  "'",
  '\\',
  '/',
  '*',
  '\n',
  '\r',
  '1',
  '.',
  '-',
  '$',
  '@',
  '\\1',
  'x="y" ',
  "z='w'",
  '\u00e4',
  '\u0090',
  '/*',
  '*/',
  '//',
]
let seed = 20260101
const pick = () => pieces[((seed = (Math.imul(seed, 1103515245) + 12345) >>> 0) % 1009) % pieces.length]
const random = Array.from({ length: 300 }, () => withOptions(` a=${Array.from({ length: 5 }, pick).join('')}`))

const texts = [...new Set([...wholes, ...options.map(withOptions), ...random])]
const folder = temporaryFolder('kts-jaas-')
try {
  const libs = await fetchJars('4.3.0')
  const classes = await compileJava(join(here, 'Record.java'), libs)
  const input = join(folder, 'texts')
  writeFileSync(input, texts.map((text) => `${Buffer.from(text).toString('base64')}\n`).join(''))
  const { stdout } = await run('java', ['-cp', `${classes}:${classpathOf(libs)}`, 'Record', input])
  const answers = stdout
    .trimEnd()
    .split('\n')
    .map((line) => (line === '-' ? null : asEntry(line.split(' ').map(decode))))
  const lines = texts.map((text, index) => `  ${ascii(JSON.stringify([text, answers[index]]))}`)
  writeFileSync(join(here, 'golden.json'), `[\n${lines.join(',\n')}\n]\n`)
} finally {
  removeFolder(folder)
}

function asEntry([loginModule, ...words]) {
  const pairs = Array.from({ length: words.length / 2 }, (_, index) => [words[2 * index], words[2 * index + 1]])
  return { loginModule, options: Object.fromEntries(pairs) }
}

/** From UTF-16, big-endian, behind its mark. */
function decode(word) {
  return Buffer.from(word.slice(1), 'base64').swap16().toString('utf16le')
}

function ascii(json) {
  return json.replace(/[^ -~]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
