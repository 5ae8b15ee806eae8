import { runInThisContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { chunkScript } from '../../scripts/chunk-script.mjs'

type Exports = Record<string, unknown>

/** Runs a chunk as bin/chunks.js does; what it imports is answered from `modules`. */
function run(text: string, modules: Record<string, Exports> = {}): Exports {
  const require = (id: string): Exports => modules[id]!
  const chunk = runInThisContext(chunkScript(text)) as (...given: unknown[]) => Exports
  return chunk(require, (id: string) => Promise.resolve(require(id)), { url: 'file:///chunk.js' })
}

describe('a chunk as a script', () => {
  it('takes what it imports, under the names that it uses', () => {
    const text = `import{a as b,c}from"./one.js";import d from"./two.js";import e,{f as g}from"node:e";import*as h from"node:h";export{all};var all=[b,c,d,e.f,g,h.i];`
    const modules = {
      './one.js': { a: 1, c: 2 },
      './two.js': { default: 3 },
      'node:e': { f: 4 },
      'node:h': { i: 5 },
    }
    expect(run(text, modules)).toEqual({ all: [1, 2, 3, 4, 4, 5] })
  })

  it('loads what it imports for what that does', () => {
    const loaded: string[] = []
    const chunk = runInThisContext(chunkScript('import"./one.js";')) as (require: (id: string) => void) => void
    chunk((id) => loaded.push(id))
    expect(loaded).toEqual(['./one.js'])
  })

  it('returns what it exports, under the names that others use', () => {
    expect(run('function a(){return"import(1)"}var b=2;export{a as default,b,b as c};')).toEqual({
      default: expect.any(Function) as unknown,
      b: 2,
      c: 2,
    })
  })

  it('returns what it exports by default, as esbuild has it for CommonJS', () => {
    expect(run('var make=()=>({a:1});export default make();')).toEqual({ default: { a: 1 } })
  })

  it('imports later what it asks for later, and keeps what only looks so', async () => {
    const { load, say } = run(`var load=()=>import("./late.js"),say="import('./late.js')";export{load,say};`, {
      './late.js': { word: 'late' },
    }) as { load: () => Promise<unknown>; say: string }
    expect(await load()).toEqual({ word: 'late' })
    expect(say).toBe("import('./late.js')")
  })

  it('is strict, and knows its place', () => {
    expect(run('var self=(function(){return this})(),url=__meta.url;export{self,url};')).toEqual({
      self: undefined,
      url: 'file:///chunk.js',
    })
  })

  it('refuses exports that it does not know', () => {
    expect(() => chunkScript('export const a=1;')).toThrow('a chunk exports in a way that is not known')
    expect(() => chunkScript('export*from"./one.js";')).toThrow()
  })
})
