// Makes the stores of this folder anew, as OpenSSL 3 and Java's keytool write them. The tests need neither.
//   node test/support/stores/make.mjs
import { execFileSync } from 'node:child_process'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const folder = fileURLToPath(new URL('.', import.meta.url))
const run = (program, ...args) => execFileSync(program, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
const openssl = (line, ...more) => run('openssl', ...line.split(' '), ...more)
const keytool = (line) => run('keytool', ...line.split(' '), '-noprompt')
const remove = (...files) => files.forEach((file) => rmSync(`${folder}/${file}`, { force: true }))

const CENTURY = '36500'
// An authority, a server and a client that it vouches for, and the client by way of another authority.
openssl(
  `req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days ${CENTURY} -subj /CN=root -keyout root.key -out root.crt`,
)
sign('issuer', 'root', 'basicConstraints=critical,CA:true')
sign('server', 'root', 'subjectAltName=DNS:localhost,IP:127.0.0.1')
sign('client', 'issuer', 'extendedKeyUsage=clientAuth')
sign('other', 'root', 'extendedKeyUsage=clientAuth')

function sign(name, by, extension) {
  openssl(
    `req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=${name} -keyout ${name}.key -out ${name}.csr -addext ${extension}`,
  )
  openssl(
    `x509 -req -in ${name}.csr -CA ${by}.crt -CAkey ${by}.key -CAcreateserial -days ${CENTURY} -copy_extensions copy -out ${name}.crt`,
  )
  remove(`${name}.csr`, `${by}.srl`)
}

writeFileSync(
  `${folder}/chain.crt`,
  ['client', 'issuer'].map((name) => readFileSync(`${folder}/${name}.crt`, 'utf8')).join(''),
)
const pkcs12 = (file, more) =>
  openssl(`pkcs12 -export -inkey client.key -in chain.crt -name client -passout pass:changeit -out ${file} ${more}`)
pkcs12('aes.p12', '-certpbe AES-256-CBC -keypbe AES-128-CBC')
pkcs12('legacy.p12', '-legacy')
pkcs12('rc2.p12', '-legacy -certpbe PBE-SHA1-RC2-128 -keypbe PBE-SHA1-2DES -macalg sha384')
pkcs12('md5.p12', '-legacy -certpbe PBE-MD5-DES -keypbe PBE-SHA1-DES -macalg md5')
pkcs12('plain.p12', '-certpbe NONE -keypbe NONE -nomac')
openssl('pkcs12 -export -nokeys -in root.crt -passout pass:changeit -out unmarked.p12')

remove('keytool.p12', 'keytool.jks', 'keytool.jceks', 'keypass.jks', 'trust.p12', 'trust.jks', 'open.p12', 'empty.jks')
const copy = (file, more) =>
  keytool(
    `-importkeystore -srckeystore aes.p12 -srcstorepass changeit -destkeystore ${file} -deststorepass changeit ${more}`,
  )
copy('keytool.p12', '-deststoretype PKCS12')
copy('keytool.jks', '-deststoretype JKS')
copy('keytool.jceks', '-deststoretype JCEKS')
copy('keypass.jks', '-deststoretype JKS -srcalias client -destkeypass keypass')
const trust = (file, more) =>
  keytool(`-importcert -alias root -file root.crt -keystore ${file} -storepass changeit ${more}`)
trust('trust.p12', '-storetype PKCS12')
trust('trust.jks', '-storetype JKS')
trust(
  'open.p12',
  '-storetype PKCS12 -J-Dkeystore.pkcs12.certProtectionAlgorithm=NONE -J-Dkeystore.pkcs12.macAlgorithm=NONE',
)
trust('empty.jks', '-storetype JKS')
keytool('-delete -alias root -keystore empty.jks -storepass changeit')

const pkcs8 = (file, more) => openssl(`pkcs8 -topk8 -in client.key -passout pass:keypass -out ${file} ${more}`)
pkcs8('aes.key', '-v2 aes-256-cbc -v2prf hmacWithSHA512')
pkcs8('des3.key', '-v2 des3')
pkcs8('scrypt.key', '-scrypt')
pkcs8('rc2.key', '-v1 PBE-SHA1-RC2-40 -provider legacy -provider default')
pkcs8('md5.key', '-v1 PBE-MD5-DES -provider legacy -provider default')
openssl('ec -in client.key -aes128 -passout pass:keypass -out old.key')
openssl('ec -in client.key -out sec1.key')
