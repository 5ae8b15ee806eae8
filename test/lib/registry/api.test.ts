import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { TestRegistry } from './support.ts'

const STRING = { type: 'string' }
const INTEGER = { type: 'integer' }
const OPEN = { type: 'object', properties: { a: STRING } }
const CLOSED = { ...OPEN, additionalProperties: false }

let registry: TestRegistry

beforeAll(async () => void (registry = await TestRegistry.start()))
afterAll(() => registry.close())

const json = (schema: unknown): object => ({ schema: JSON.stringify(schema), schemaType: 'JSON' })

describe('what is registered', () => {
  it('has ids from 1, and the same schema the same id under every subject', async () => {
    expect(await registry.register('first-value', STRING)).toBe(1)
    expect(await registry.register('second-value', STRING)).toBe(1)
    expect(await registry.register('second-key', INTEGER)).toBe(2)
    expect(await registry.register('first-value', STRING)).toBe(1)
    expect(await registry.ok('GET', '/subjects/first-value/versions')).toEqual([1])
    expect(await registry.ok('GET', '/schemas/ids/1')).toEqual({ schemaType: 'JSON', schema: '{"type":"string"}' })
    expect(await registry.ok('GET', '/schemas/ids/1/versions')).toEqual([
      { subject: 'first-value', version: 1 },
      { subject: 'second-value', version: 1 },
    ])
    expect(await registry.ok('GET', '/subjects/first-value/versions/latest')).toEqual({
      subject: 'first-value',
      version: 1,
      id: 1,
      schemaType: 'JSON',
      schema: '{"type":"string"}',
    })
    expect(await registry.ok('GET', '/subjects/first-value/versions/1/schema')).toEqual(STRING)
  })

  it('shows more to clients that take it', async () => {
    await registry.register('modern', STRING)
    const headers = { 'Confluent-Accept-Unknown-Properties': 'true' }
    const { body } = await registry.request('GET', '/schemas/ids/1', undefined, headers)
    expect(body).toMatchObject({ guid: expect.stringMatching(/^[0-9a-f-]{36}$/) as string, deleted: false })
    const { guid } = body as { guid: string }
    expect(await registry.ok('GET', `/schemas/guids/${guid}`)).toMatchObject({ schema: '{"type":"string"}' })
    expect(await registry.ok('GET', `/schemas/guids/${guid}/ids`)).toEqual([{ context: '.', id: 1 }])
  })

  it('is compatible with what was before it, unless the level says otherwise', async () => {
    await registry.register('compat', CLOSED)
    const wider = { ...CLOSED, properties: { a: STRING, b: STRING } }
    const body = json({ ...CLOSED, properties: { a: INTEGER } })
    const refused = await registry.request('POST', '/subjects/compat/versions', body)
    expect(refused.status).toBe(409)
    expect(refused.body).toMatchObject({
      error_code: 409,
      message: expect.stringMatching(
        /^Schema being registered is incompatible with an earlier schema for subject "compat", details: \[\{errorType:'TYPE_CHANGED'/,
      ) as string,
    })
    const check = '/compatibility/subjects/compat/versions'
    expect(await registry.ok('POST', `${check}/latest`, body)).toEqual({ is_compatible: false })
    expect(await registry.ok('POST', `${check}/1?verbose=true`, body)).toMatchObject({
      is_compatible: false,
      messages: expect.arrayContaining(["{compatibility: 'BACKWARD'}", '{oldSchemaVersion: 1}']) as string[],
    })
    expect(await registry.ok('POST', check, json(wider))).toEqual({ is_compatible: true })
    expect(await registry.ok('PUT', '/config/compat', { compatibility: 'none' })).toEqual({ compatibility: 'NONE' })
    expect(await registry.ok('POST', '/subjects/compat/versions', body)).toHaveProperty('id')
    expect(await registry.ok('GET', '/subjects/compat/versions')).toEqual([1, 2])
  })

  it('may have defaults of Avro that do not fit, unless it is normalized', async () => {
    const fields = [{ name: 'f', type: 'string', default: null }]
    const body = { schema: JSON.stringify({ type: 'record', name: 'R', fields }) }
    const refused = await registry.request('POST', '/subjects/defaults/versions?normalize=true', body)
    expect(refused.body).toMatchObject({ error_code: 42201 })
    expect(await registry.ok('POST', '/subjects/defaults/versions', body)).toHaveProperty('id')
    const strict = await TestRegistry.start({ validatesDefaults: true })
    expect((await strict.request('POST', '/subjects/defaults/versions', body)).body).toMatchObject({
      error_code: 42201,
    })
    await strict.close()
  })

  it('is found again by its text, whatever its blanks, and by normalize whatever its order', async () => {
    await registry.register('look-up', OPEN)
    const spaced = { schema: JSON.stringify(OPEN, null, 2), schemaType: 'JSON' }
    expect(await registry.ok('POST', '/subjects/look-up', spaced)).toMatchObject({ subject: 'look-up', version: 1 })
    const turned = json({ properties: { a: STRING }, type: 'object' })
    expect((await registry.request('POST', '/subjects/look-up', turned)).body).toMatchObject({ error_code: 40403 })
    expect(await registry.ok('POST', '/subjects/look-up?normalize=true', turned)).toMatchObject({ version: 1 })
  })
})

describe('a schema that refers to others', () => {
  const named = { type: 'record', name: 'shop.Item', fields: [{ name: 'id', type: 'long' }] }
  const list = (items: unknown) => ({ schema: JSON.stringify({ type: 'array', items }) })
  const references = [{ name: 'shop.Item', subject: 'item', version: 1 }]

  it('is found as well where it is sent with them in their place', async () => {
    await registry.ok('POST', '/subjects/item/versions', { schema: JSON.stringify(named) })
    const { id } = (await registry.ok('POST', '/subjects/items/versions', { ...list('shop.Item'), references })) as {
      id: number
    }
    for (const query of ['', '?normalize=true'])
      expect(await registry.ok('POST', `/subjects/items${query}`, list(named))).toMatchObject({ id, version: 1 })
    expect(await registry.ok('POST', '/subjects/items/versions', list(named))).toEqual({ id })
    const other = list({ ...named, fields: [{ name: 'id', type: 'int' }] })
    expect((await registry.request('POST', '/subjects/items', other)).body).toMatchObject({ error_code: 40403 })
    const { schema } = (await registry.ok('GET', `/schemas/ids/${id}?format=resolved`)) as { schema: string }
    expect(JSON.parse(schema)).toMatchObject({ items: { name: 'Item', namespace: 'shop' } })
  })
})

describe('a schema by its id', () => {
  it('is that of the subject that is asked for', async () => {
    await registry.register('one-of-two', { type: 'null' })
    const id = await registry.register('two-of-two', { type: 'null' })
    const headers = { 'Confluent-Accept-Unknown-Properties': 'true' }
    for (const subject of ['one-of-two', 'two-of-two'])
      expect((await registry.request('GET', `/schemas/ids/${id}?subject=${subject}`, undefined, headers)).body).toEqual(
        expect.objectContaining({ subject, version: 1 }),
      )
  })

  it('comes without its extensions, or as the descriptor of its file', async () => {
    const schema = `syntax = "proto2";
import "google/protobuf/descriptor.proto";
extend google.protobuf.FieldOptions { optional bool secret = 50001; }
message A {
  optional string name = 1 [(secret) = true, deprecated = true];
  extensions 100 to 199;
}
extend A { optional int32 more = 100; }
`
    const body = { schemaType: 'PROTOBUF', schema }
    const { id } = (await registry.ok('POST', '/subjects/extended/versions', body)) as { id: number }
    const { schema: bare } = (await registry.ok('GET', `/schemas/ids/${id}?format=ignore_extensions`)) as {
      schema: string
    }
    expect(bare).toContain('[deprecated = true]')
    expect(bare).not.toMatch(/extend|secret/)
    const { schema: serialized } = (await registry.ok('GET', `/schemas/ids/${id}?format=serialized`)) as {
      schema: string
    }
    expect(Buffer.from(serialized, 'base64').toString('latin1')).toContain('google/protobuf/descriptor.proto')
  })
})

describe('what is deleted', () => {
  it('goes softly first and then for good', async () => {
    await registry.register('gone', STRING)
    await registry.ok('PUT', '/config/gone', { compatibility: 'NONE' })
    await registry.register('gone', INTEGER)
    const version = '/subjects/gone/versions/1'
    const code = async (method: string, path: string) =>
      ((await registry.request(method, path)).body as { error_code: number }).error_code
    expect(await code('DELETE', `${version}?permanent=true`)).toBe(40407)
    expect(await registry.ok('DELETE', version)).toBe(1)
    expect(await code('DELETE', version)).toBe(40406)
    expect(await code('GET', version)).toBe(40402)
    expect(await registry.ok('GET', `${version}?deleted=true`)).toMatchObject({ id: 1 })
    expect(await registry.ok('DELETE', `${version}?permanent=true`)).toBe(1)
    expect(await code('GET', `${version}?deleted=true`)).toBe(40402)
    expect(await code('DELETE', '/subjects/gone?permanent=true')).toBe(40405)
    expect(await registry.ok('DELETE', '/subjects/gone')).toEqual([2])
    expect(await code('DELETE', '/subjects/gone')).toBe(40404)
    expect(await code('GET', '/subjects/gone/versions')).toBe(40401)
    expect(await registry.ok('GET', '/subjects?deletedOnly=true&subjectPrefix=gone')).toEqual(['gone'])
    expect(await code('GET', '/config/gone')).toBe(40408)
    expect(await registry.ok('DELETE', '/subjects/gone?permanent=true')).toEqual([2])
    expect(await registry.ok('GET', '/subjects?deleted=true&subjectPrefix=gone')).toEqual([])
    expect(await code('DELETE', '/subjects/gone')).toBe(40401)
  })

  it('takes the settings of its subject with it, once the last version goes', async () => {
    await registry.ok('PUT', '/config/settled', { compatibility: 'NONE' })
    await registry.register('settled', STRING)
    await registry.register('settled', INTEGER)
    await registry.ok('DELETE', '/subjects/settled/versions/1')
    expect(await registry.ok('GET', '/config/settled')).toEqual({ compatibilityLevel: 'NONE' })
    await registry.ok('DELETE', '/subjects/settled/versions/2')
    expect((await registry.request('GET', '/config/settled')).body).toMatchObject({ error_code: 40408 })
    // What comes next is version 3: what was deleted keeps its number.
    await registry.register('settled', STRING)
    expect(await registry.ok('GET', '/subjects/settled/versions')).toEqual([3])
  })

  it('stays while others refer to it', async () => {
    await registry.register('address', { $id: 'https://x/address.json', type: 'object' })
    const order = { $id: 'https://x/order.json', properties: { to: { $ref: 'address.json' } } }
    const references = [{ name: 'address.json', subject: 'address', version: 1 }]
    const id = await registry.register('order', order, { references })
    expect(await registry.ok('GET', '/subjects/address/versions/1/referencedby')).toEqual([id])
    expect(await registry.ok('GET', `/schemas/ids/${id}`)).toMatchObject({ references })
    expect((await registry.request('DELETE', '/subjects/address')).body).toEqual({
      error_code: 42206,
      message: 'One or more references exist to the schema {magic=1,keytype=SCHEMA,subject=address,version=1}.',
    })
    await registry.ok('DELETE', '/subjects/order')
    expect(await registry.ok('GET', '/subjects/address/versions/1/referencedby')).toEqual([])
    expect(await registry.ok('GET', '/subjects/address/versions/1/referencedby?deleted=true')).toEqual([id])
    expect(await registry.ok('DELETE', '/subjects/address')).toEqual([1])
    const forGood = '/subjects/address?permanent=true'
    expect((await registry.request('DELETE', forGood)).body).toMatchObject({ error_code: 42206 })
    await registry.ok('DELETE', '/subjects/order?permanent=true')
    expect(await registry.ok('DELETE', forGood)).toEqual([1])
  })
})

describe('settings', () => {
  it('are of a subject, of a context, of all', async () => {
    expect(await registry.ok('GET', '/config')).toEqual({ compatibilityLevel: 'BACKWARD' })
    expect((await registry.request('GET', '/config/nobody')).body).toEqual({
      error_code: 40408,
      message: "Subject 'nobody' does not have subject-level compatibility configured",
    })
    expect(await registry.ok('GET', '/config/nobody?defaultToGlobal=true')).toEqual({ compatibilityLevel: 'BACKWARD' })
    await registry.ok('PUT', '/config/:.settings:', { compatibility: 'FULL' })
    expect(await registry.ok('GET', '/config/:.settings:x?defaultToGlobal=true')).toEqual({
      compatibilityLevel: 'FULL',
    })
    expect(await registry.ok('GET', '/contexts/.settings/config')).toEqual({ compatibilityLevel: 'FULL' })
    expect(await registry.ok('DELETE', '/config/:.settings:')).toEqual({ compatibilityLevel: 'FULL' })
    expect((await registry.request('PUT', '/config', { compatibility: 'SOME' })).body).toMatchObject({
      error_code: 42203,
    })
    await registry.ok('PUT', '/config/aliased', { alias: 'first-value' })
    expect(await registry.ok('GET', '/subjects/aliased/versions/1')).toMatchObject({ subject: 'first-value' })
  })

  it('close a subject, and open it to imports', async () => {
    await registry.register('modes', STRING)
    expect(await registry.ok('GET', '/mode')).toEqual({ mode: 'READWRITE' })
    expect((await registry.request('GET', '/mode/modes')).body).toMatchObject({ error_code: 40409 })
    expect(await registry.ok('PUT', '/mode/modes', { mode: 'READONLY' })).toEqual({ mode: 'READONLY' })
    expect((await registry.request('DELETE', '/subjects/modes')).body).toMatchObject({ error_code: 42205 })
    expect((await registry.request('PUT', '/mode/modes', { mode: 'IMPORT' })).body).toEqual({
      error_code: 42205,
      message: 'Cannot import since found existing subjects',
    })
    expect(await registry.ok('DELETE', '/mode/modes')).toEqual({ mode: 'READONLY' })
    await registry.ok('PUT', '/mode/imported', { mode: 'IMPORT' })
    expect(await registry.register('imported', { title: 'kept' }, { id: 4711, version: 7 })).toBe(4711)
    expect(await registry.ok('GET', '/subjects/imported/versions')).toEqual([7])
    const other = { ...json({ title: 'other' }), id: 4711, version: 8 }
    expect((await registry.request('POST', '/subjects/imported/versions', other)).body).toMatchObject({
      error_code: 42207,
    })
    expect((await registry.request('PUT', '/mode', { mode: 'SOME' })).body).toMatchObject({ error_code: 42204 })
  })

  it('merge metadata and rules into what is registered', async () => {
    await registry.ok('PUT', '/config/ruled', {
      defaultMetadata: { properties: { owner: 'nobody', level: '1' } },
      overrideMetadata: { properties: { level: '2' } },
    })
    await registry.register('ruled', STRING, { metadata: { properties: { owner: 'me' } } })
    const metadata = { properties: { owner: 'me', level: '2' } }
    expect(await registry.ok('GET', '/subjects/ruled/versions/1')).toMatchObject({ metadata })
    expect(await registry.ok('GET', '/subjects/ruled/metadata?key=owner&value=me')).toMatchObject({ version: 1 })
  })
})

describe('contexts', () => {
  it('have ids of their own, by name and by path', async () => {
    expect(await registry.register(':.other:t-value', INTEGER)).toBe(1)
    expect(await registry.ok('POST', '/contexts/.other/subjects/u-value/versions', json(STRING))).toEqual({ id: 2 })
    expect(await registry.ok('GET', '/contexts/.other/subjects')).toEqual([':.other:t-value', ':.other:u-value'])
    expect(await registry.ok('GET', '/subjects?subjectPrefix=:.other:u')).toEqual([':.other:u-value'])
    expect(await registry.ok('GET', '/contexts/:.other:/schemas/ids/2')).toMatchObject({ schema: '{"type":"string"}' })
    expect(await registry.ok('GET', '/contexts')).toEqual(expect.arrayContaining(['.', '.other']))
    expect((await registry.request('DELETE', '/contexts/.other')).body).toMatchObject({ error_code: 42211 })
  })
})

describe('contexts by their prefix', () => {
  it('are a part of them', async () => {
    await registry.register(':.prefixed:a', STRING)
    expect(await registry.ok('GET', '/contexts?contextPrefix=.pre')).toEqual(['.prefixed'])
    expect(await registry.ok('GET', '/contexts?contextPrefix=.pre&offset=1')).toEqual([])
  })
})

describe('what cannot be understood', () => {
  it.each([
    ['GET', '/subjects/none/versions', undefined, 404, 40401],
    ['GET', '/subjects/first-value/versions/99', undefined, 404, 40402],
    ['GET', '/subjects/first-value/versions/0', undefined, 422, 42202],
    ['GET', '/subjects/first-value/versions/x', undefined, 422, 42202],
    ['GET', '/schemas/ids/99999', undefined, 404, 40403],
    ['GET', '/schemas/ids/x', undefined, 404, 404],
    ['GET', '/nowhere', undefined, 404, 404],
    ['PATCH', '/subjects', {}, 405, 405],
    ['POST', '/subjects/bad/versions', '{', 400, 400],
    ['POST', '/subjects/bad/versions', '[]', 400, 400],
    ['POST', '/subjects/bad/versions', {}, 422, 42201],
    ['POST', '/subjects/bad/versions', { schema: 1 }, 422, 422],
    ['POST', '/subjects/bad/versions', { schema: '{"type":"x"}', schemaType: 'JSON' }, 422, 42201],
    ['POST', '/subjects/bad/versions', { schema: '{}', schemaType: 'XML' }, 422, 42201],
    ['POST', '/subjects/bad%01/versions', { schema: '{}', schemaType: 'JSON' }, 422, 42208],
    ['POST', '/subjects/bad/versions', { schema: '['.repeat(1e6), schemaType: 'JSON' }, 422, 42201],
  ])('%s %s with %o is answered with %i and %i', async (method, path, body, status, code) => {
    const reply = await registry.request(method, path, body)
    expect([reply.status, reply.body]).toEqual([status, { error_code: code, message: expect.any(String) as string }])
  })

  it('gets the type that the client wants, or none', async () => {
    const typeOf = async (accept: string) =>
      (await registry.request('GET', '/subjects', undefined, { Accept: accept })).headers.get('content-type')
    expect(await typeOf('*/*')).toBe('application/vnd.schemaregistry.v1+json')
    expect(await typeOf('application/json, */*')).toBe('application/json')
    expect(await typeOf('*')).toBe('application/vnd.schemaregistry.v1+json')
    expect(await typeOf('*/xml')).toBe('application/vnd.schemaregistry.v1+json')
    expect(await typeOf('text/html, application/json; q=0.1, application/vnd.schemaregistry+json; q=0.9')).toBe(
      'application/vnd.schemaregistry+json',
    )
    expect((await registry.request('GET', '/', undefined, { Accept: 'text/html' })).status).toBe(406)
    const plain = { 'Content-Type': 'text/plain' }
    expect((await registry.request('PUT', '/config', { compatibility: 'FULL' }, plain)).status).toBe(415)
    const unknown = { 'Content-Type': 'application/json; charset=x' }
    expect((await registry.request('PUT', '/config', { compatibility: 'FULL' }, unknown)).status).toBe(415)
    const wide = await fetch(`${registry.registry.url}/config/wide`, {
      method: 'PUT',
      headers: { 'Content-Type': 'application/json; charset="UTF-16"' },
      body: Buffer.from('\ufeff{"compatibility":"FULL"}', 'utf16le'),
    })
    expect(await wide.json()).toEqual({ compatibility: 'FULL' })
  })

  it('comes from a page of another site', async () => {
    const headers = { Origin: 'https://evil.example' }
    expect((await registry.request('PUT', '/config', { compatibility: 'FULL' }, headers)).status).toBe(403)
  })
})
