import { describe, expect, it } from 'vitest'
import type { ResolvedReference } from '../../../../src/lib/schemas/format.ts'
import { protobufFormat } from '../../../../src/lib/schemas/protobuf/index.ts'

const parse = (text: string, references: ResolvedReference[] = []) =>
  protobufFormat.parse(`syntax = "proto3"; ${text}`.replace(/^.*?(syntax = "proto2")/, '$1'), references)

const problems = (reader: string, writer: string): string[] =>
  protobufFormat.incompatibilities(parse(reader), parse(writer)).map((problem) => problem.replace(/:.*/, ''))

const nested = (packageName: string, fields: string) =>
  `package ${packageName}; message TestMessage { message Value { ${fields} } string test = 1; .${packageName}.TestMessage.Value val = 2; }`

/**
 * The cases of Karapace's suites (Apache-2.0), tests/unit/protobuf/test_protobuf_compatibility.py and
 * tests/unit/compatibility/test_protobuf_checks.py, with its verdicts. Field numbers of 0 are 1 here.
 */
const KARAPACE: [name: string, reader: string, writer: string, isCompatible: boolean][] = [
  ['package', nested('a2', 'string str = 1;'), nested('a1', 'string str = 1;'), true],
  ['field added', nested('a1', 'string str = 1; string str2 = 2;'), nested('a1', 'string str = 1;'), true],
  ['field dropped', nested('a1', 'string str = 1;'), nested('a1', 'string str = 1; string str2 = 2;'), true],
  ['field added and dropped', nested('a1', 'string str = 1;'), nested('a1', 'string str2 = 1;'), true],
  [
    'number becomes enum',
    'package a1; message TestMessage { message Value { string str2 = 1; Enu x = 2; } string test = 1; .a1.TestMessage.Value val = 2; enum Enu { A = 0; B = 1; } }',
    nested('a1', 'string str2 = 1; int32 x = 2;'),
    true,
  ],
  [
    'order of messages',
    'package tc4; message HodoCode { int32 hodofield = 1; } message Fred { int32 fredfield = 1; }',
    'package tc4; message Fred { int32 fredfield = 1; } message HodoCode { int32 hodofield = 1; }',
    true,
  ],
  [
    'order of an enum, and a field',
    'package tc4; enum HodoCode { HODO_CODE_UNSPECIFIED = 0; } message Fred { HodoCode hodecode = 1; string id = 2; }',
    'package tc4; message Fred { HodoCode hodecode = 1; } enum HodoCode { HODO_CODE_UNSPECIFIED = 0; }',
    true,
  ],
  [
    'same',
    'message Person { string name = 1; int32 age = 2; }',
    'message Person { string name = 1; int32 age = 2; }',
    true,
  ],
  ['optional field', 'message Person { string name = 1; int32 age = 2; }', 'message Person { string name = 1; }', true],
  ['renamed message', 'message Human { string name = 1; }', 'message Person { string name = 1; }', false],
]

describe('compatibility of Protobuf schemas', () => {
  // Karapace refuses the second one; for Confluent's registry a field is its number.
  it.each(['int32 years = 2;', 'int32 age = 3;'])('takes int32 age = 2 that becomes %s', (field) => {
    const person = (fields: string): string => `message Person { string name = 1; ${fields} }`
    expect(problems(person(field), person('int32 age = 2;'))).toEqual([])
    expect(problems(person('int32 age = 2;'), person(field))).toEqual([])
  })

  it.each(KARAPACE)('has the verdict of Karapace: %s', (_, reader, writer, isCompatible) => {
    expect(problems(reader, writer).length === 0).toBe(isCompatible)
  })

  it.each([
    ['int32', 'uint64'],
    ['bool', 'int64'],
    ['E', 'int32'],
    ['sint32', 'sint64'],
    ['string', 'bytes'],
    ['fixed32', 'sfixed32'],
    ['sfixed64', 'fixed64'],
  ])('takes %s for %s and back', (one, other) => {
    const schema = (type: string) => `enum E { A = 0; } message M { ${type} a = 1; }`
    expect(problems(schema(one), schema(other))).toEqual([])
    expect(problems(schema(other), schema(one))).toEqual([])
  })

  it.each([
    ['int32', 'sint32', 'FIELD_SCALAR_KIND_CHANGED at #/M/1'],
    ['int32', 'string', 'FIELD_SCALAR_KIND_CHANGED at #/M/1'],
    ['float', 'fixed32', 'FIELD_SCALAR_KIND_CHANGED at #/M/1'],
    ['double', 'fixed64', 'FIELD_SCALAR_KIND_CHANGED at #/M/1'],
    ['fixed32', 'fixed64', 'FIELD_SCALAR_KIND_CHANGED at #/M/1'],
    ['bytes', 'N', 'FIELD_KIND_CHANGED at #/M/1'],
    ['map<string, int32>', 'N', 'FIELD_KIND_CHANGED at #/M/1'],
    ['map<string, int32>', 'map<string, string>', 'FIELD_SCALAR_KIND_CHANGED at #/M/1/value'],
    ['map<int32, int32>', 'map<string, int32>', 'FIELD_SCALAR_KIND_CHANGED at #/M/1/key'],
    ['N', 'O', 'FIELD_NAMED_TYPE_CHANGED at #/M/1'],
  ])('does not take %s for %s', (one, other, problem) => {
    const schema = (type: string) => `message N {} message O {} message M { ${type} a = 1; }`
    expect(problems(schema(one), schema(other))).toEqual([problem])
    expect(problems(schema(other), schema(one))).toEqual([problem])
  })

  it.each<[name: string, reader: string, writer: string, problem: string[]]>([
    ['message removed', 'message A {}', 'message A {} message B {}', ['MESSAGE_REMOVED at #/B']],
    ['nested message removed', 'message A {}', 'message A { message B {} }', ['MESSAGE_REMOVED at #/A/B']],
    ['message became an enum', 'enum A { X = 0; }', 'message A {}', ['TYPE_CHANGED at #/A']],
    ['map removed', 'message A {}', 'message A { map<string, string> m = 1; }', []],
    ['enum removed', 'message A {}', 'message A { enum E { X = 0; } }', []],
    ['constants changed', 'enum E { A = 0; }', 'enum E { B = 0; C = 1; }', []],
    [
      'field left its oneof, and stays',
      'message U { oneof x { int32 a = 1; } int32 b = 2; }',
      'message U { oneof x { int32 a = 1; int32 b = 2; } }',
      ['ONEOF_FIELD_REMOVED at #/U/x/2'],
    ],
    [
      'oneof removed',
      'message U { int32 a = 1; int32 b = 2; }',
      'message U { oneof x { int32 a = 1; int32 b = 2; } }',
      [],
    ],
    [
      'one field moved to a new oneof',
      'message U { oneof x { int32 a = 1; int32 b = 2; } }',
      'message U { int32 a = 1; }',
      [],
    ],
    [
      'two fields moved to a new oneof',
      'message U { oneof x { int32 a = 1; int32 b = 2; } }',
      'message U { int32 a = 1; int32 b = 2; }',
      ['MULTIPLE_FIELDS_MOVED_TO_ONEOF at #/U/x'],
    ],
    [
      'field moved to an old oneof',
      'message U { oneof x { int32 a = 1; int32 b = 2; } }',
      'message U { oneof x { int32 a = 1; } int32 b = 2; }',
      ['FIELD_MOVED_TO_EXISTING_ONEOF at #/U/x'],
    ],
    [
      'field of a renamed oneof changed',
      'message U { oneof y { string a = 1; } }',
      'message U { oneof x { int32 a = 1; } }',
      ['FIELD_SCALAR_KIND_CHANGED at #/U/1'],
    ],
    [
      'required field added',
      'syntax = "proto2"; message U { required int32 a = 1; }',
      'syntax = "proto2"; message U {}',
      ['REQUIRED_FIELD_ADDED at #/U/1'],
    ],
    [
      'required field removed',
      'syntax = "proto2"; message U {}',
      'syntax = "proto2"; message U { required int32 a = 1; }',
      ['REQUIRED_FIELD_REMOVED at #/U/1'],
    ],
    [
      'label of a number',
      'syntax = "proto2"; message U { repeated int32 a = 1; }',
      'syntax = "proto2"; message U { optional int32 a = 1; }',
      ['FIELD_NUMERIC_LABEL_CHANGED at #/U/1'],
    ],
    [
      'label of a string',
      'syntax = "proto2"; message U { repeated string a = 1; }',
      'syntax = "proto2"; message U { optional string a = 1; }',
      [],
    ],
    ['optional of proto3', 'message U { optional int32 a = 1; }', 'message U { int32 a = 1; }', []],
    [
      'message that holds itself',
      'message U { U u = 1; int32 a = 2; }',
      'message U { U u = 1; string a = 2; }',
      ['FIELD_SCALAR_KIND_CHANGED at #/U/2'],
    ],
    [
      'extension',
      'syntax = "proto2"; message U { extensions 1 to 9; } extend U { optional string a = 1; }',
      'syntax = "proto2"; message U { extensions 1 to 9; } extend U { optional int32 a = 1; }',
      ['FIELD_SCALAR_KIND_CHANGED at #/U/1'],
    ],
  ])('judges: %s', (_, reader, writer, expected) => {
    expect(problems(reader, writer)).toEqual(expected)
  })

  it('follows imports', () => {
    const text = 'package a; import "c.proto"; message M { .c.H h = 1; }'
    const writer = parse(text, [{ name: 'c.proto', text: 'syntax = "proto3"; package c; message H { string s = 1; }' }])
    const reader = parse(text, [{ name: 'c.proto', text: 'syntax = "proto3"; package c; message H { int32 s = 1; }' }])
    expect(protobufFormat.incompatibilities(writer, writer)).toEqual([])
    expect(protobufFormat.incompatibilities(reader, writer)).toEqual([
      'FIELD_SCALAR_KIND_CHANGED at #/M/1/1: the type was string and is int32',
    ])
  })
})
