import { createPrivateKey, type KeyObject } from 'node:crypto'
import { octetsOf, partsOf, readDer } from './der.ts'
import { decrypt } from './pbe.ts'
import { StoreError } from './store.ts'

/** A block between BEGIN and END. */
interface PemBlock {
  /** `CERTIFICATE`, `ENCRYPTED PRIVATE KEY`, … */
  readonly label: string
  readonly bytes: Buffer
  /** How OpenSSL's old format is encrypted: `AES-128-CBC,0123…`. */
  readonly cipher: string | undefined
}

const CERTIFICATE_LABELS = ['CERTIFICATE', 'X509 CERTIFICATE', 'TRUSTED CERTIFICATE']

export const isPem = (text: string): boolean => /-BEGIN\s/.test(text)

/**
 * The certificates in a text, in DER. As Kafka's PemStore (DefaultSslEngineFactory) reads it, blanks are as good as
 * line ends, and other text may stand around; what escapes and continuation lines leave behind is passed over too.
 * Throws StoreError `damaged` where a block is not Base64.
 */
export function certificatesIn(text: string): Buffer[] {
  return blocksIn(text)
    .filter(({ label }) => CERTIFICATE_LABELS.includes(label))
    .map(({ bytes }) => readDer(bytes).whole)
}

/** How many private keys are in a text, and how to open the first. */
export function keysIn(text: string): ((password: string | undefined) => KeyObject)[] {
  return blocksIn(text)
    .filter(({ label }) => label.endsWith('PRIVATE KEY'))
    .map((block) => (password) => openKey(block, password))
}

/** DER as PEM. */
export const toPem = (bytes: Buffer, label: string, headers = ''): string =>
  `-----BEGIN ${label}-----\n${headers}${bytes.toString('base64').replace(/.{64}/g, '$&\n')}\n-----END ${label}-----\n`

function blocksIn(text: string): PemBlock[] {
  const unescaped = text.replace(/\\[nr]|\\/g, '\n')
  return [...unescaped.matchAll(/-BEGIN\s+([A-Z0-9\s]+?)\s*-+([^]*?)-+END\s/g)].map(([, label, body]) => ({
    label: label!.replace(/\s+/g, ' '),
    ...readBody(body!),
  }))
}

/**
 * The lines of headers, when there are any, hold a colon; where lines are joined by blanks, only those of OpenSSL are
 * known.
 */
function readBody(body: string): Pick<PemBlock, 'bytes' | 'cipher'> {
  const [, cipher] = /\bDEK-Info:\s*([\w-]+,[\dA-Fa-f]+)/.exec(body) ?? []
  const base64 = body
    .replace(/\bProc-Type:\s*4,ENCRYPTED\s|\bDEK-Info:\s*[\w-]+,[\dA-Fa-f]+\s/g, '')
    .replace(/^.*:.*$/gm, '')
    .replace(/\s/g, '')
  if (base64 === '' || !/^[A-Za-z0-9+/]+=*$/.test(base64)) throw new StoreError('damaged')
  return { bytes: Buffer.from(base64, 'base64'), cipher }
}

function openKey({ label, bytes, cipher }: PemBlock, password: string | undefined): KeyObject {
  const isEncrypted = label === 'ENCRYPTED PRIVATE KEY'
  if ((isEncrypted || cipher !== undefined) && password === undefined) throw new StoreError('no-key-password')
  if (isEncrypted) return keyOf(openEncrypted(bytes, password!))
  if (cipher === undefined) return readKey(() => createPrivateKey(toPem(bytes, label)), 'damaged')
  const old = toPem(bytes, label, `Proc-Type: 4,ENCRYPTED\nDEK-Info: ${cipher}\n\n`)
  return readKey(() => createPrivateKey({ key: old, passphrase: password! }), 'key-password')
}

function openEncrypted(bytes: Buffer, password: string): Buffer {
  const [algorithm, encrypted] = partsOf(readDer(bytes))
  if (!algorithm || !encrypted) throw new StoreError('damaged')
  return decrypt(algorithm, octetsOf(encrypted), password)
}

/** A key in PKCS#8. Throws StoreError: a wrong password that left good padding leaves no key. */
export const keyOf = (bytes: Buffer): KeyObject =>
  readKey(() => createPrivateKey({ key: bytes, format: 'der', type: 'pkcs8' }), 'damaged')

function readKey(read: () => KeyObject, otherwise: 'damaged' | 'key-password'): KeyObject {
  try {
    return read()
  } catch {
    throw new StoreError(otherwise)
  }
}
