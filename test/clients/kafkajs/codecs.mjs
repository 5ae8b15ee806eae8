// kafkajs brings gzip alone; its users register the other codecs, as here.
import { Decoder, Encoder } from '@toondepauw/node-zstd'
import kafkajs from 'kafkajs'
import { compressFrame, decompressFrame } from 'lz4-napi'
import { compress, uncompress } from 'snappy'

const { CompressionCodecs, CompressionTypes } = kafkajs

/** @param {(bytes: Buffer) => Promise<Buffer>} deflate @param {(bytes: Buffer) => Promise<Buffer>} inflate */
const codec = (deflate, inflate) => () => ({ compress: ({ buffer }) => deflate(buffer), decompress: inflate })

export function registerCodecs() {
  CompressionCodecs[CompressionTypes.Snappy] = codec((bytes) => compress(bytes), uncompressXerial)
  CompressionCodecs[CompressionTypes.LZ4] = codec(compressFrame, decompressFrame)
  CompressionCodecs[CompressionTypes.ZSTD] = codec(
    (bytes) => new Encoder(3).encode(bytes),
    (bytes) => new Decoder().decode(bytes),
  )
}

/** Java clients frame snappy in blocks behind a header of 16 bytes; librdkafka sends one bare block. */
async function uncompressXerial(bytes) {
  if (bytes.subarray(1, 7).toString('latin1') !== 'SNAPPY') return uncompress(bytes)
  const blocks = []
  for (let at = 16; at < bytes.length; ) {
    const length = bytes.readInt32BE(at)
    blocks.push(await uncompress(bytes.subarray(at + 4, at + 4 + length)))
    at += 4 + length
  }
  return Buffer.concat(blocks)
}

export const CODECS = {
  none: CompressionTypes.None,
  gzip: CompressionTypes.GZIP,
  snappy: CompressionTypes.Snappy,
  lz4: CompressionTypes.LZ4,
  zstd: CompressionTypes.ZSTD,
}
