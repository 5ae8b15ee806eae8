import { expect, test } from 'vitest'
import { repairUtf8 } from '../../../src/commands/produce/text-records.ts'

// What a BufferedReader with UTF-8 and String.getBytes(UTF_8) of Java 17 make of these bytes.
test.each([
  ['61eda08062', '61efbfbd62'],
  ['61edafbf62', '61efbfbd62'],
  ['61e09f8062', '61efbfbdefbfbdefbfbd62'],
  ['61e28062', '61efbfbd62'],
  ['61f0908062', '61efbfbd62'],
  ['61f490808062', '61efbfbdefbfbdefbfbdefbfbd62'],
  ['61f080808062', '61efbfbdefbfbdefbfbdefbfbd62'],
  ['61c08062', '61efbfbdefbfbd62'],
  ['61c1bf62', '61efbfbdefbfbd62'],
  ['61f862', '61efbfbd62'],
  ['61ff62', '61efbfbd62'],
  ['61e0a062', '61efbfbd62'],
  ['61ed9fbf62', '61ed9fbf62'],
  ['61f48fbfbf62', '61f48fbfbf62'],
  ['61efbfbf62', '61efbfbf62'],
  ['61c262', '61efbfbd62'],
  ['61e22862', '61efbfbd2862'],
  ['61f090282862', '61efbfbd282862'],
  ['61dfbf62', '61dfbf62'],
  ['eda080', 'efbfbd'],
  ['e280', 'efbfbd'],
  ['f09080', 'efbfbd'],
  ['f4908080', 'efbfbdefbfbdefbfbdefbfbd'],
  ['efbbbf61', 'efbbbf61'],
  ['dfc2dff041', 'efbfbdefbfbdefbfbdefbfbd41'],
  ['41418028efef', '4141efbfbd28efbfbdefbfbd'],
  ['e0f4ed90f5df8f', 'efbfbdefbfbdefbfbdefbfbddf8f'],
])('%s becomes %s', (bytes, expected) => {
  expect(repairUtf8(Buffer.from(bytes, 'hex')).toString('hex')).toBe(expected)
})
