// What every client writes, in each format: the same orders.

const AVRO = {
  type: 'record',
  name: 'Order',
  namespace: 'shop',
  fields: [
    { name: 'id', type: 'long' },
    { name: 'customer', type: 'string' },
    { name: 'note', type: ['null', 'string'], default: null },
    { name: 'total', type: 'double' },
    { name: 'isPaid', type: 'boolean' },
    { name: 'status', type: { type: 'enum', name: 'Status', symbols: ['OPEN', 'SENT'] } },
    { name: 'tags', type: { type: 'array', items: 'string' } },
    { name: 'counts', type: { type: 'map', values: 'long' } },
    {
      name: 'item',
      type: { type: 'record', name: 'Item', fields: ['sku', 'size'].map((name) => ({ name, type: 'string' })) },
    },
  ],
}

const STRING = { type: 'string' }
const JSON_SCHEMA = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'Order',
  type: 'object',
  properties: {
    id: { type: 'integer' },
    customer: STRING,
    note: { type: ['string', 'null'] },
    total: { type: 'number' },
    isPaid: { type: 'boolean' },
    status: { enum: ['OPEN', 'SENT'] },
    tags: { type: 'array', items: STRING },
    counts: { type: 'object', additionalProperties: { type: 'integer' } },
    item: { type: 'object', properties: { sku: STRING, size: STRING }, required: ['sku', 'size'] },
  },
  required: ['id', 'customer'],
}

const PROTO = `syntax = "proto3";
package shop;

message Order {
  int64 id = 1;
  string customer = 2;
  optional string note = 3;
  double total = 4;
  bool isPaid = 5;
  Status status = 6;
  repeated string tags = 7;
  map<string, int64> counts = 8;
  Item item = 9;
  message Item {
    string sku = 1;
    string size = 2;
  }
}
enum Status {
  OPEN = 0;
  SENT = 1;
}
`

const RECORDS = [
  {
    id: 9007199254740990,
    customer: 'Жанна 🎷 "quoted"',
    note: 'with\na line',
    total: 0.1,
    isPaid: true,
    status: 'SENT',
    tags: ['a', '', 'ü'],
    counts: { left: -1, right: 4_294_967_296 },
    item: { sku: 'x-1', size: 'L' },
  },
  {
    id: -1,
    customer: '',
    note: null,
    total: -1.5e300,
    isPaid: false,
    status: 'OPEN',
    tags: [],
    counts: {},
    item: { sku: '', size: '' },
  },
]

export const FORMATS = ['avro', 'json', 'protobuf']

export const EXCHANGED = {
  avro: { schema: JSON.stringify(AVRO), records: RECORDS },
  json: { schema: JSON.stringify(JSON_SCHEMA), records: RECORDS },
  protobuf: { schema: PROTO, message: 'shop.Order', records: RECORDS },
}
