/** Java's charsets that StringDeserializer may be asked for, beyond what TextDecoder reads in the same way. */
const NATIVE: Readonly<Record<string, BufferEncoding>> = {
  'utf-8': 'utf8',
  utf8: 'utf8',
  'iso-8859-1': 'latin1',
  'iso8859-1': 'latin1',
  iso8859_1: 'latin1',
  latin1: 'latin1',
  'us-ascii': 'latin1',
  ascii: 'latin1',
  'utf-16le': 'utf16le',
}

/** A function that decodes bytes; undefined for a charset that is not known. Malformed bytes become U+FFFD. */
export function decoderFor(charset: string): ((bytes: Buffer) => string) | undefined {
  const name = charset.trim().toLowerCase()
  const native = NATIVE[name]
  if (native) {
    const isAscii = name.includes('ascii')
    return (bytes) =>
      isAscii ? bytes.toString('latin1').replace(/[\u0080-\u00ff]/g, '\uFFFD') : bytes.toString(native)
  }
  // Without a byte order mark Java takes UTF-16 as big-endian.
  if (name === 'utf-16') return decodeUtf16
  try {
    const decoder = new TextDecoder(name, { ignoreBOM: true })
    return (bytes) => decoder.decode(bytes)
  } catch {
    return undefined
  }
}

function decodeUtf16(bytes: Buffer): string {
  const isLittleEndian = bytes.length >= 2 && bytes.readUInt16BE(0) === 0xfffe
  return new TextDecoder(isLittleEndian ? 'utf-16le' : 'utf-16be').decode(bytes)
}
