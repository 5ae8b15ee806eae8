import { describe, expect, it } from 'vitest'
import { BatchScanner, headerOrNull } from '../../../../src/lib/broker/log/batch-scanner.ts'
import { MemoryDisk } from '../../../../src/lib/broker/log/index.ts'
import { buildBatch, isCrcValid } from '../../../../src/lib/protocol/records/index.ts'

const WINDOW = 1024
/** Of records in bytes: below a window, about one, and above. */
const SIZES = [1, 300, 900, 1024, 5000, 5000, 5000, 1, 1, 700, 4000, 10]

const batchOf = (bytes: number, n: number): Buffer =>
  buildBatch([{ timestamp: 0n, key: null, value: Buffer.alloc(bytes, n) }], { baseOffset: BigInt(n) })

/** A file of batches, and how much was read of it. */
function fileOf(batches: readonly Buffer[]) {
  const file = new MemoryDisk().create('/log')
  file.write(Buffer.concat(batches), 0)
  let bytesRead = 0
  const read = (target: Buffer, length: number, position: number): number => {
    bytesRead += length
    return file.read(target, length, position)
  }
  const counted = {
    size: file.size,
    read,
    write: file.write,
    truncate: file.truncate,
    sync: file.sync,
    close: file.close,
  }
  return { file, counted, bytesRead: () => bytesRead }
}

describe('a scanner of batches', () => {
  it('tells of every batch, and gives its bytes where they are asked for', () => {
    const batches = SIZES.map(batchOf)
    const { counted } = fileOf(batches)
    for (const wants of [() => true, () => false, (n: number) => n % 2 === 0, (n: number) => n % 3 === 1]) {
      const scanner = new BatchScanner(counted, 0, counted.size, WINDOW)
      for (const [n, batch] of batches.entries()) {
        const header = scanner.next()!
        expect([header.baseOffset, header.sizeInBytes]).toEqual([BigInt(n), batch.length])
        if (wants(n)) expect(scanner.bytes().equals(batch)).toBe(true)
      }
      expect(scanner.next()).toBeNull()
    }
  })

  it('reads next to nothing of large batches whose bytes nobody asks for', () => {
    const { counted, bytesRead } = fileOf(Array.from({ length: 100 }, (_, n) => batchOf(WINDOW, n)))
    const scanner = new BatchScanner(counted, 0, counted.size, WINDOW)
    while (scanner.next());
    expect(bytesRead()).toBeLessThan(counted.size / 10)
  })

  it('reads once what it is asked for of small ones', () => {
    const { counted, bytesRead } = fileOf(Array.from({ length: 100 }, (_, n) => batchOf(10, n)))
    const scanner = new BatchScanner(counted, 0, counted.size, WINDOW)
    while (scanner.next()) scanner.bytes()
    expect(bytesRead()).toBeLessThan(counted.size * 1.2)
  })

  it('gives less than a batch where the file has become shorter', () => {
    const { file, counted } = fileOf([batchOf(10, 0), batchOf(WINDOW, 1)])
    const scanner = new BatchScanner(counted, 0, counted.size, WINDOW)
    file.truncate(counted.size - 1)
    scanner.next()
    const header = headerOrNull(scanner)!
    expect(scanner.bytes()).toHaveLength(header.sizeInBytes - 1)
    expect(isCrcValid(scanner.bytes(), 0, header)).toBe(false)
  })
})
