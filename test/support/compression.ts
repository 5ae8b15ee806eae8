import { CODECS, prepareCompression } from '../../src/lib/protocol/records/index.ts'

/** Imported by tests that compress with any codec. */
await prepareCompression(CODECS.zstd)
