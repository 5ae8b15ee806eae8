import type { X509Certificate } from 'node:crypto'
import { integerOf, oidOf, partsOf, readDer, TAG, type Der } from '../../../security/stores/der.ts'

/** The attributes that have a name in RFC 2253; others are shown by their number and bytes. */
const KEYWORDS: Readonly<Record<string, string>> = {
  '2.5.4.3': 'CN',
  '2.5.4.6': 'C',
  '2.5.4.7': 'L',
  '2.5.4.8': 'ST',
  '2.5.4.9': 'STREET',
  '2.5.4.10': 'O',
  '2.5.4.11': 'OU',
  '0.9.2342.19200300.100.1.1': 'UID',
  '0.9.2342.19200300.100.1.25': 'DC',
}

/** The bytes of a BMPString are two a letter, those of a UniversalString four. */
const [BMP, UNIVERSAL] = [30, 28]
const VERSION = 0x80

/** The subject of a certificate as Java names it (X500Principal.getName, RFC 2253): the last part comes first. */
export function subjectOf({ raw }: X509Certificate): string {
  const [signed] = partsOf(readDer(raw))
  const fields = partsOf(signed!)
  const hasVersion = fields[0]!.tag === VERSION && integerOf(partsOf(fields[0]!)[0]!) >= 0
  const subject = fields[hasVersion ? 5 : 4]!
  return partsOf(subject)
    .reverse()
    .map((names) => partsOf(names).map(attribute).join('+'))
    .join(',')
}

function attribute(pair: Der): string {
  const [type, value] = partsOf(pair) as [Der, Der]
  const keyword = KEYWORDS[oidOf(type)]
  return keyword === undefined
    ? `${oidOf(type)}=#${value.whole.toString('hex')}`
    : `${keyword}=${escaped(textOf(value))}`
}

function textOf({ tag, content }: Der): string {
  if (tag === BMP) return Buffer.from(content).swap16().toString('utf16le')
  if (tag === UNIVERSAL)
    return Buffer.from(content.filter((_, index) => index % 4 > 1))
      .swap16()
      .toString('utf16le')
  return content.toString(tag === TAG.utf8 ? 'utf8' : 'latin1')
}

const escaped = (text: string): string =>
  text
    .replace(/[,=+<>#;"\\]/g, '\\$&')
    .replaceAll('\0', '\\00')
    .replace(/^ +| +$/g, (blanks) => '\\ '.repeat(blanks.length))
