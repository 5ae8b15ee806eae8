import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { SchemaError } from '../../../../src/lib/schemas/format.ts'
import { protobufFormat } from '../../../../src/lib/schemas/protobuf/index.ts'
import { BUILT_IN } from '../../../../src/lib/schemas/protobuf/model/files.ts'
import { descriptorJson } from './descriptor-json.ts'

const fileOf = (name: string): string => readFileSync(new URL(`schemas/${name}.proto`, import.meta.url), 'utf8')
const golden = JSON.parse(readFileSync(new URL('descriptors.json', import.meta.url), 'utf8')) as Record<string, string>
const canonical = (text: string): string => protobufFormat.parse(text).canonical

describe('the text of a Protobuf schema', () => {
  it('is laid out as registries keep it', () => {
    const text = `/* a comment */ syntax = 'proto3'; import "google/protobuf/any.proto"; package a.b;
      option java_package = "x" "y"; // another
      message M { reserved 5, 7 to 9, 100 to max; reserved "r"; option deprecated = true;
        oneof o { string s = 1; } ; enum E { X = 0; Y = -1 [deprecated = true]; }
        map<string,.a.b.M> m = 2; repeated int32 n = 3 [packed = false, json_name = "N"]; message I {} }
      service S { rpc R (M) returns (stream .a.b.M) { option deprecated = true; } rpc T (stream M) returns (M); }`
    expect(canonical(text)).toBe(`syntax = "proto3";
package a.b;

import "google/protobuf/any.proto";

option java_package = "xy";

message M {
  reserved 5, 7 to 9, 100 to max;
  reserved "r";

  option deprecated = true;

  map<string, .a.b.M> m = 2;
  repeated int32 n = 3 [
    packed = false,
    json_name = "N"
  ];

  oneof o {
    string s = 1;
  }

  enum E {
    X = 0;
    Y = -1 [deprecated = true];
  }
  message I {}
}

service S {
  rpc R (M) returns (stream .a.b.M) {
    option deprecated = true;
  };
  rpc T (stream M) returns (M);
}
`)
  })

  it.each(Object.keys(golden))('keeps the meaning of %s.proto', (name) => {
    const once = canonical(fileOf(name))
    expect(canonical(once)).toBe(once)
    expect(descriptorJson(protobufFormat.parse(once))).toEqual(descriptorJson(protobufFormat.parse(fileOf(name))))
  })

  it('is normalized to one text for one meaning', () => {
    const one = `syntax = "proto3"; package p; import "google/protobuf/timestamp.proto"; import "google/protobuf/any.proto";
      option java_package = "j"; option go_package = "g";
      message M { I i = 2 [jstype = JS_STRING, deprecated = true]; google.protobuf.Any a = 1; map<string, I> m = 3; message I {} }`
    const other = `syntax = "proto3"; package p; import "google/protobuf/any.proto"; import "google/protobuf/timestamp.proto";
      option go_package = "g"; option java_package = "j";
      message M { .google.protobuf.Any a = 1; p.M.I i = 2 [deprecated = true, jstype = JS_STRING]; map<string, M.I> m = 3; message I {} }`
    const { normalized } = protobufFormat.parse(one)
    expect(protobufFormat.parse(other).normalized).toBe(normalized)
    expect(normalized).toContain('map<string, .p.M.I> m = 3;')
    expect(protobufFormat.parse(normalized).normalized).toBe(normalized)
  })

  it('takes editions', () => {
    const text = `edition = "2023"; package e; option features.field_presence = IMPLICIT;
      message M { int32 a = 1; int32 b = 2 [features.field_presence = EXPLICIT]; N n = 3 [features.message_encoding = DELIMITED];
        repeated int32 c = 4 [features.repeated_field_encoding = EXPANDED]; E e = 5 [features.field_presence = LEGACY_REQUIRED];
        message N { int32 x = 1; } reserved foo; } enum E { option features = { enum_type: CLOSED }; A = 1; }`
    const schema = protobufFormat.parse(text)
    const codec = schema.codec()
    const bytes = codec.encode('{"a":0,"b":0,"n":{"x":1},"c":[1,2],"e":"A"}')
    expect(bytes.toString('hex')).toBe('1000' + '1b08011c' + '20012002' + '2801')
    expect(codec.decode(bytes)).toBe('{"a":0,"b":0,"n":{"x":1},"c":[1,2],"e":"A"}')
    expect(() => codec.decode(Buffer.alloc(0))).toThrow('required field "e" of e.M is missing')
    expect(canonical(schema.canonical)).toBe(schema.canonical)
  })
})

describe('edition 2024', () => {
  const edition2024 = (body: string): string => `edition = "2024"; package e; ${body}`
  const importing = (body: string) => edition2024(`import "other.proto"; ${body}`)
  const parse = (text: string, other = '') =>
    protobufFormat.parse(text, [{ name: 'other.proto', text: `edition = "2024"; package o; ${other}` }])

  it('says which types other files may use, and imports options alone', () => {
    const text = `edition = "2024";
package e;

import "google/protobuf/any.proto";
import option "other.proto";

local message M {
  int32 local = 1 [(o.unit) = "m"];

  export message I {}
  local enum E {
    A = 0;
  }
}

export enum F {
  B = 0;
}
`
    const declared =
      'import "google/protobuf/descriptor.proto"; extend google.protobuf.FieldOptions { string unit = 50000; }'
    const schema = parse(text, declared)
    expect(schema.canonical).toBe(text)
    const serialized = schema.formatted!('serialized')!
    expect(descriptorJson(serialized)).toMatchObject({
      edition: 'EDITION_2024',
      dependency: ['google/protobuf/any.proto'],
      optionDependency: ['other.proto'],
      messageType: [
        {
          visibility: 'VISIBILITY_LOCAL',
          nestedType: [{ visibility: 'VISIBILITY_EXPORT' }],
          enumType: [{ visibility: 'VISIBILITY_LOCAL' }],
        },
      ],
      enumType: [{ visibility: 'VISIBILITY_EXPORT' }],
    })
    expect(parse(serialized, declared).canonical).toBe(text)
    expect(schema.codec().decode(Buffer.from([0x08, 5]))).toBe('{"local":5}')
  })

  it('lets files use what others export', () => {
    const other = 'message Outer { export message Inner {} } enum Kind { NONE = 0; }'
    expect(() =>
      parse(importing('message M { o.Outer.Inner i = 1; map<int32, o.Kind> kinds = 2; }'), other),
    ).not.toThrow()
    const namespace =
      'option features.default_symbol_visibility = STRICT; message N { export enum K { NO = 0; } reserved 1 to max; }'
    expect(() => parse(importing('message M { o.N.K k = 1; }'), namespace)).not.toThrow()
    // Names are those of types before edition 2024.
    expect(() => parse('edition = "2023"; message local {} message M { local message = 1; }')).not.toThrow()
  })

  it.each([
    ['message M { o.Local l = 1; }', 'local message Local {}', 'o.Local'],
    ['message M { map<int32, o.Local> l = 1; }', 'local message Local {}', 'o.Local'],
    ['message M { o.Outer.Inner i = 1; }', 'message Outer { message Inner {} }', 'o.Outer.Inner'],
    ['message M { o.E e = 1; }', 'option features.default_symbol_visibility = LOCAL_ALL; enum E { A = 0; }', 'o.E'],
    ['message M {} service S { rpc R (M) returns (o.Local); }', 'local message Local {}', 'o.Local'],
    ['extend o.Local { int32 x = 1; }', 'local message Local { extensions 1; }', 'o.Local'],
  ])('keeps from others what is local: %s', (body, other, name) => {
    expect(() => parse(importing(body), other)).toThrow(
      new SchemaError(`"${name}" is local to "other.proto"; export makes it visible elsewhere`),
    )
  })

  it.each([
    ['edition = "2026";', 'line 1, column 11: edition "2026" is unknown; there are 2023 and 2024'],
    [edition2024('export service S {}'), 'line 1, column 37: expected "message" or "enum", found "service"'],
    [edition2024('message M { local int32 a = 1; }'), 'line 1, column 48: expected "message" or "enum", found "int32"'],
    [edition2024('import weak "other.proto";'), '"import weak" of "other.proto" is not possible from edition 2024 on'],
    [
      'edition = "2023"; import option "other.proto";',
      '"import option" of "other.proto" is not possible before edition 2024',
    ],
    [edition2024('import option "other.proto"; message M { o.Kind k = 1; }'), '"o.Kind" is not defined (in e.M)'],
    [
      edition2024('message M { string s = 1 [ctype = CORD]; }'),
      '"e.M.s" must not have a ctype from edition 2024 on; features.(pb.cpp).string_type is its successor',
    ],
    [
      edition2024('option features.default_symbol_visibility = STRICT; message M { export enum E { A = 0; } }'),
      '"e.M.E" is nested, and cannot be exported with default_symbol_visibility = STRICT',
    ],
  ])('refuses in one line: %s', (text, message) => {
    expect(() => parse(text, 'enum Kind { A = 0; }')).toThrow(new SchemaError(message))
  })

  it.each([
    ['message my_message {}', 'message "my_message" should be TitleCase'],
    ['message M { int32 someField = 1; }', 'field "someField" should be lower_snake_case'],
    ['message M { int32 a_1 = 1; }', 'field "a_1" should be lower_snake_case'],
    ['message M { oneof One { int32 a = 1; } }', 'oneof "One" should be lower_snake_case'],
    ['enum E { none = 0; }', 'constant "none" should be UPPER_SNAKE_CASE'],
    ['message M {} service S { rpc get (M) returns (M); }', 'method "get" should be TitleCase'],
  ])('holds names to their style, unless told otherwise: %s', (body, message) => {
    expect(() => parse(edition2024(body))).toThrow(message)
    expect(() => parse(edition2024(`option features.enforce_naming_style = STYLE_LEGACY; ${body}`))).not.toThrow()
    expect(() => parse(`edition = "2023"; ${body}`)).not.toThrow()
  })

  it('is refused by name where a descriptor is of another one', () => {
    const descriptor = Buffer.concat([Buffer.from('\x62\x08editions'), Buffer.from([0x70, 0xea, 0x07])])
    expect(() => protobufFormat.parse(descriptor.toString('base64'))).toThrow('edition "2026" is unknown')
  })
})

describe('the descriptor of a Protobuf schema', () => {
  it.each(Object.entries(golden))('says of %s.proto what protoc says', (name, serialized) => {
    const mine = protobufFormat.parse(fileOf(name))
    const theirs = protobufFormat.parse(serialized)
    expect(descriptorJson(mine)).toEqual(descriptorJson(serialized))
    expect(descriptorJson(theirs)).toEqual(descriptorJson(serialized))
    // With options of one's own, which only their declarations explain.
    expect(theirs.normalized).toBe(mine.normalized)
  })

  it('is the one that clients send', () => {
    const bytes = protobufFormat.parse('syntax = "proto3"; message A { string b = 1; }').formatted?.('serialized')
    expect(protobufFormat.parse(bytes!).canonical).toBe('syntax = "proto3";\n\nmessage A {\n  string b = 1;\n}\n')
    expect(() => protobufFormat.parse('AAAA')).toThrow(SchemaError)
  })
})

describe('what is no Protobuf schema', () => {
  const proto3 = (body: string): string => `syntax = "proto3"; ${body}`

  it.each([
    ['syntax = "proto4";', 'line 1, column 10: syntax "proto4" is unknown; there are proto2 and proto3'],
    [proto3('message M {'), 'line 1, column 31: expected a field, found the end'],
    [proto3('message M { int32 a = 1 }'), 'line 1, column 44: expected ";", found "}"'],
    [proto3('message M { /* }'), 'line 1, column 32: this comment does not end'],
    [proto3('message M { Unknown a = 1; }'), '"Unknown" is not defined (in M)'],
    [proto3('message M { int32 a = 1; int32 b = 1; }'), '"a" and "b" of "M" both have number 1'],
    [proto3('message M { int32 a = 1; int32 a = 2; }'), '"M.a" is declared twice'],
    [proto3('message M { int32 a = 0; }'), 'number 0 of "M.a" is not between 1 and 536870911'],
    [
      proto3('message M { int32 a = 19000; }'),
      'number 19000 of "M.a" is reserved for protobuf itself (19000 to 19999)',
    ],
    [proto3('message M { reserved 1 to 4; int32 a = 3; }'), '"M.a" = 3 is reserved'],
    [proto3('message M { required int32 a = 1; }'), '"M.a" must not be required in proto3'],
    [proto3('message M { map<M, int32> a = 1; }'), '"M.a" cannot have keys of type M'],
    [proto3('message M { oneof o {} }'), 'oneof "M.o" has no field'],
    [proto3('enum E { A = 1; }'), 'the first constant of enum "E" must be 0'],
    [proto3('enum E { A = 0; B = 0; }'), '"A" and "B" of enum "E" are both 0; see allow_alias'],
    [proto3('import "other.proto";'), '"default" imports "other.proto", which no reference provides'],
    ['message M { int32 a = 1; }', '"M.a" must be optional, required or repeated'],
    [`${proto3('')} ${'message M { '.repeat(40)}`, 'line 1, column 415: messages nest deeper than 32 levels'],
    [' '.repeat(1_100_000), 'the schema is longer than 1048576 characters'],
  ])('is refused in one line: %.60s', (text, message) => {
    expect(() => protobufFormat.parse(text)).toThrow(new SchemaError(message))
  })

  it('includes files that import themselves', () => {
    const references = [
      { name: 'a.proto', text: proto3('import "b.proto";') },
      { name: 'b.proto', text: proto3('import "a.proto";') },
    ]
    expect(() => protobufFormat.parse(proto3('import "a.proto";'), references)).toThrow(
      new SchemaError('a.proto: b.proto: "a.proto" imports itself'),
    )
  })

  it('is none of the files that kts brings along', () => {
    for (const path of Object.keys(BUILT_IN))
      expect(() => protobufFormat.parse(proto3(`import ${JSON.stringify(path)};`)), path).not.toThrow()
  })

  it('is not judged again once it is kept', () => {
    const text = proto3('message M { int32 a = 1; } enum E { A = 1; }')
    expect(protobufFormat.parse(text, [], { isKept: true }).codec().decode(Buffer.of(8, 3))).toBe('{"a":3}')
  })
})
