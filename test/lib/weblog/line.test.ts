import { describe, expect, test } from 'vitest'
import { pacedWeblog, weblogChunks } from '../../../src/lib/weblog/chunks.ts'
import { createWeblog } from '../../../src/lib/weblog/line.ts'

const startMs = Date.UTC(2026, 10, 21, 18)
const combined =
  /^\d{1,3}(?:\.\d{1,3}){3} - - \[(\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d -0800)\] "(GET|POST) (\/\S*) HTTP\/1\.1" (\d{3}) (\d+|-) "(-|https:\/\/\S+)" "([^"]+)"$/

function lines(seed: number, count: number): string[] {
  const chunks = [...weblogChunks({ seed, count, startMs, intervalMs: 100 })]
  return Buffer.concat(chunks).toString().split('\n').slice(0, -1)
}

describe('a line', () => {
  test('is in the combined log format', () => {
    for (const line of lines(7, 5000)) expect(line).toMatch(combined)
  })

  test("has the moment of its request, in Apache's way", () => {
    const next = createWeblog(1)
    const dateOf = (timeMs: number): string => combined.exec(next(timeMs))![1]!
    expect(dateOf(startMs)).toBe('21/Nov/2026:10:00:00 -0800')
    expect(dateOf(startMs + 999)).toBe('21/Nov/2026:10:00:00 -0800')
    expect(dateOf(startMs + 14 * 3_600_000 + 61_000)).toBe('22/Nov/2026:00:01:01 -0800')
  })

  test('with its newline has 207 bytes on average, give or take two', () => {
    const made = lines(3, 50_000)
    const average = made.reduce((sum, line) => sum + line.length + 1, 0) / made.length
    expect(average).toBeGreaterThan(205)
    expect(average).toBeLessThan(209)
  })
})

describe('many lines', () => {
  const parts = lines(5, 20_000).map((line) => combined.exec(line)!)
  const share = (fits: (part: RegExpExecArray) => boolean): number => parts.filter(fits).length / parts.length

  test('are of a shop: departments, categories, products, carts, check-outs, log-ins, support', () => {
    for (const path of [
      /^\/departments$/,
      /^\/department\/[^/]+\/categories$/,
      /^\/department\/[^/]+\/category\/[^/]+$/,
      /^\/department\/fitness\/products\/\d+$/,
      /^\/product\/\d+$/,
      /^\/add_to_cart\/\d+$/,
      /^\/checkout$/,
      /^\/login$/,
      /^\/support$/,
    ]) {
      expect(share(([, , , requested]) => path.test(requested!))).toBeGreaterThan(0.004)
    }
  })

  test('mostly succeed, some do not; dashes stand for empty bodies and for no referrer', () => {
    expect(share(([, , , , status]) => status === '200')).toBeGreaterThan(0.7)
    for (const wanted of ['302', '304', '404', '500', '503'])
      expect(share(([, , , , status]) => status === wanted)).toBeGreaterThan(0.002)
    expect(parts.filter(([, , , , , bytes]) => bytes === '-').every(([, , , , status]) => status === '304')).toBe(true)
    expect(share(([, , , , , , referrer]) => referrer !== '-')).toBeGreaterThan(0.1)
    expect(new Set(parts.map((part) => part[7])).size).toBeGreaterThan(5)
  })
})

describe('a seed', () => {
  test('settles every byte, however the lines are cut into chunks', () => {
    const some = lines(11, 1200)
    expect(lines(11, 1200)).toEqual(some)
    expect(lines(11, 3)).toEqual(some.slice(0, 3))
    expect(lines(12, 3)).not.toEqual(some.slice(0, 3))
  })

  test('gives these first lines today and tomorrow', () => {
    expect(lines(42, 2)).toMatchInlineSnapshot(`
      [
        "39.134.69.159 - - [21/Nov/2026:10:00:00 -0800] "GET /product/1005 HTTP/1.1" 200 10410 "-" "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile Safari/537.36"",
        "154.156.0.120 - - [21/Nov/2026:10:00:00 -0800] "GET /product/752 HTTP/1.1" 200 1629 "-" "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36"",
      ]
    `)
  })
})

describe('at a pace', () => {
  test('lines go out when they are due, dated so, until there are enough', async () => {
    let now = startMs
    const pauses: number[] = []
    const pause = async (ms: number): Promise<boolean> => {
      pauses.push(ms)
      now += ms
      return true
    }
    const chunks: string[] = []
    for await (const chunk of pacedWeblog({ seed: 1, count: 5, intervalMs: 250 }, () => now, pause))
      chunks.push(chunk.toString())
    expect(pauses).toEqual([250, 250, 250, 250])
    expect(chunks.map((chunk) => combined.exec(chunk.trimEnd())![1]!.slice(18, 20))).toEqual([
      '00',
      '00',
      '00',
      '00',
      '01',
    ])
  })

  test('a fast one hands out many at once, and ends when it is told to', async () => {
    let now = startMs
    const pause = async (ms: number): Promise<boolean> => {
      now += ms
      return now < startMs + 100
    }
    let bytes = 0
    let newlines = 0
    for await (const chunk of pacedWeblog({ seed: 1, intervalMs: 0.1 }, () => now, pause)) {
      bytes += chunk.length
      newlines += chunk.toString().split('\n').length - 1
    }
    expect(newlines).toBe(801)
    expect(bytes).toBeGreaterThan(100_000)
  })
})
