import { MalformedError } from '../../../errors.ts'
import { growsBeyond } from '../limits.ts'
import { BLOCK, MAX_BLOCK_SIZE, type ZstdFrame } from './frames.ts'
import { decodeHuffman, readHuffman, type HuffmanTable } from './huffman.ts'
import { readSequenceHeader, runSequences, type Output, type SequenceTables } from './sequences.ts'

/**
 * Decompresses one frame of zstd (RFC 8878) block by block. What it takes is settled by what comes out: a window is
 * never made, since matches are read from the output itself, and no block writes more than its 128 KiB.
 */
export class FrameDecoder {
  private readonly out: Output
  private huffman: HuffmanTable | null = null
  private tables: SequenceTables | null = null
  private at: number
  private isDone = false

  /** `room` is what may come out at most. Throws MalformedError for a frame that says it is more. */
  constructor(
    private readonly data: Uint8Array,
    private readonly frame: ZstdFrame,
    private readonly room: number,
  ) {
    const { contentSize, minSize, maxSize } = frame
    if (Math.max(contentSize ?? 0, minSize) > room) throw growsBeyond('zstd', room)
    if (frame.dictionaryId !== 0) throw new MalformedError(`zstd data that needs the dictionary ${frame.dictionaryId}`)
    const size = Math.min(contentSize ?? Math.max(minSize, MAX_BLOCK_SIZE), maxSize)
    this.out = { bytes: Buffer.allocUnsafeSlow(size), length: 0, recent: Int32Array.of(1, 4, 8) }
    this.at = frame.blocksStart
  }

  /** Decompresses one more block; false when there is none. */
  next(): boolean {
    if (this.isDone) return false
    const { data, at } = this
    const header = data[at]! | (data[at + 1]! << 8) | (data[at + 2]! << 16)
    const size = header >> 3
    const start = at + 3
    switch ((header >> 1) & 3) {
      case BLOCK.raw:
        this.append(data.subarray(start, start + size))
        this.at = start + size
        break
      case BLOCK.rle:
        this.repeat(data[start]!, size)
        this.at = start + 1
        break
      default:
        this.decompress(start, start + size)
        this.at = start + size
    }
    this.isDone = (header & 1) === 1
    return !this.isDone
  }

  /** What has come out, once `next` has returned false. */
  result(): Buffer {
    const {
      out: { bytes, length },
      frame: { contentSize },
    } = this
    if (contentSize !== undefined && contentSize !== length)
      throw new MalformedError(`a zstd frame of ${length} bytes says ${contentSize}`)
    return Buffer.from(bytes.buffer, bytes.byteOffset, length)
  }

  private append(bytes: Uint8Array): void {
    this.makeRoom(bytes.length)
    this.out.bytes.set(bytes, this.out.length)
    this.out.length += bytes.length
  }

  private repeat(byte: number, count: number): void {
    this.makeRoom(count)
    this.out.bytes.fill(byte, this.out.length, (this.out.length += count))
  }

  private decompress(start: number, end: number): void {
    const { data, out } = this
    const { literals, end: literalsEnd } = this.readLiterals(start, end)
    const header = readSequenceHeader(data, literalsEnd, end, this.tables)
    this.tables = header.tables
    const before = out.length
    if (this.frame.contentSize === undefined)
      this.makeRoom(header.count === 0 ? literals.length : Math.min(MAX_BLOCK_SIZE, this.room - before))
    const limit = Math.min(before + MAX_BLOCK_SIZE, out.bytes.length)
    try {
      runSequences(data, header, end, literals, out, limit)
    } catch (error) {
      // Where it is the room that ends, a larger one may do.
      throw limit === this.room && this.frame.contentSize === undefined ? growsBeyond('zstd', this.room) : error
    }
  }

  /**
   * Doubles the output rather than fill up what may never come; a frame that states its size gets no more than that.
   */
  private makeRoom(bytes: number): void {
    const {
      out,
      room,
      frame: { contentSize, maxSize },
    } = this
    const wanted = out.length + bytes
    if (wanted <= out.bytes.length) return
    if (contentSize !== undefined)
      throw new MalformedError(`a zstd frame of ${wanted} bytes and more says ${contentSize}`)
    if (wanted > room) throw growsBeyond('zstd', room)
    const grown = Buffer.allocUnsafeSlow(Math.max(wanted, Math.min(out.bytes.length * 2, room, maxSize)))
    grown.set(out.bytes.subarray(0, out.length))
    out.bytes = grown
  }

  private readLiterals(start: number, end: number): { literals: Uint8Array; end: number } {
    if (start >= end) throw new MalformedError('an empty zstd block')
    const { data } = this
    const type = data[start]! & 3
    const format = (data[start]! >> 2) & 3
    if (type >= 2) return this.readPacked(start, end, type === 3, format)
    const width = format === 1 ? 2 : format === 3 ? 3 : 1
    const word = data[start]! | ((data[start + 1] ?? 0) << 8) | ((data[start + 2] ?? 0) << 16)
    const size = width === 1 ? data[start]! >> 3 : (width === 2 ? word & 0xffff : word) >> 4
    const at = start + width
    const literalsEnd = at + (type === 1 ? 1 : size)
    if (size > MAX_BLOCK_SIZE || literalsEnd > end) throw new MalformedError(`zstd literals of ${size} bytes`)
    return {
      literals: type === 1 ? new Uint8Array(size).fill(data[at]!) : data.subarray(at, literalsEnd),
      end: literalsEnd,
    }
  }

  /** Literals in a Huffman code: their own, or that of the block before. In one stream or four. */
  private readPacked(
    start: number,
    end: number,
    isCodeKnown: boolean,
    format: number,
  ): { literals: Uint8Array; end: number } {
    const { data } = this
    const sizeBits = format < 2 ? 10 : format === 2 ? 14 : 18
    const at = start + (format < 2 ? 3 : format + 2)
    if (at > end) throw new MalformedError('zstd literals are cut off')
    const low = data[start]! | (data[start + 1]! << 8) | (data[start + 2]! << 16)
    const word = low + (format >= 2 ? data[start + 3]! * 2 ** 24 : 0) + (format === 3 ? data[start + 4]! * 2 ** 32 : 0)
    const size = Math.floor(word / 16) % 2 ** sizeBits
    const literalsEnd = at + Math.floor(word / 2 ** (4 + sizeBits))
    if (size > MAX_BLOCK_SIZE || literalsEnd > end) throw new MalformedError(`zstd literals of ${size} bytes`)
    let streams = at
    if (!isCodeKnown) ({ table: this.huffman, end: streams } = readHuffman(data, at, literalsEnd))
    if (this.huffman === null) throw new MalformedError('zstd literals in a code that was not there')
    const literals = new Uint8Array(size)
    if (format === 0) decodeHuffman(this.huffman, data, streams, literalsEnd, literals)
    else decodeFour(this.huffman, data, streams, literalsEnd, literals)
    return { literals, end: literalsEnd }
  }
}

/** Four streams of equal size but for the last; six bytes in front say where the first three end. */
function decodeFour(table: HuffmanTable, data: Uint8Array, start: number, end: number, out: Uint8Array): void {
  if (start + 6 > end) throw new MalformedError('zstd literals are cut off')
  const quarter = (out.length + 3) >> 2
  let at = start + 6
  for (let index = 0; index < 4; index += 1) {
    const stop = index === 3 ? end : at + (data[start + 2 * index]! | (data[start + 2 * index + 1]! << 8))
    if (stop > end) throw new MalformedError('zstd literals are cut off')
    decodeHuffman(
      table,
      data,
      at,
      stop,
      out.subarray(index * quarter, index === 3 ? out.length : Math.min(out.length, (index + 1) * quarter)),
    )
    at = stop
  }
}
