import { describe, expect, it } from 'vitest'
import { MalformedError } from '../../../../src/lib/errors.ts'
import { formatQuorumState, parseQuorumState, type QuorumState } from '../../../../src/lib/protocol/log-files/index.ts'

const NO_DIRECTORY = 'AAAAAAAAAAAAAAAAAAAAAA'

/** The first two were written by Kafka 4.3.0, the others by its QuorumStateDataJsonConverter. */
const STATES: readonly [string, QuorumState][] = [
  [
    '{"clusterId":"","leaderId":1,"leaderEpoch":1,"votedId":-1,"appliedOffset":0,"currentVoters":[{"voterId":1}],"data_version":0}',
    { dataVersion: 0, leaderId: 1, leaderEpoch: 1, votedId: -1, votedDirectoryId: NO_DIRECTORY, currentVoters: [1] },
  ],
  [
    '{"leaderId":1,"leaderEpoch":1,"votedId":-1,"votedDirectoryId":"AAAAAAAAAAAAAAAAAAAAAA","data_version":1}',
    { dataVersion: 1, leaderId: 1, leaderEpoch: 1, votedId: -1, votedDirectoryId: NO_DIRECTORY, currentVoters: [] },
  ],
  [
    '{"leaderId":-1,"leaderEpoch":3,"votedId":2,"votedDirectoryId":"VV-TS7YVRie1gYSIaCysPQ","data_version":1}',
    {
      dataVersion: 1,
      leaderId: -1,
      leaderEpoch: 3,
      votedId: 2,
      votedDirectoryId: 'VV-TS7YVRie1gYSIaCysPQ',
      currentVoters: [],
    },
  ],
]

describe('quorum-state', () => {
  it.each(STATES)('is written and read: %s', (text, state) => {
    expect(formatQuorumState(state)).toBe(text)
    expect(parseQuorumState(text)).toEqual(state)
  })

  it('may have no voters in version 0', () => {
    expect(
      parseQuorumState('{"leaderId":-1,"leaderEpoch":0,"votedId":-1,"currentVoters":null,"data_version":0}'),
    ).toMatchObject({ currentVoters: [] })
  })

  it.each([
    ['', 'a quorum-state that is no JSON object'],
    ['null', 'a quorum-state that is no JSON object'],
    ['{}', 'a quorum-state in which data_version is no whole number'],
    ['{"data_version":2}', 'a quorum-state of version 2, which is not known'],
    ['{"data_version":1,"leaderId":"1"}', 'a quorum-state in which leaderId is no whole number'],
    [
      '{"data_version":1,"leaderId":1,"leaderEpoch":1,"votedId":1,"votedDirectoryId":"x"}',
      'a quorum-state in which votedDirectoryId is no directory id',
    ],
    ['{"data_version":0,"leaderId":1,"leaderEpoch":1,"votedId":1}', 'a quorum-state in which currentVoters is no list'],
    [
      '{"data_version":0,"leaderId":1,"leaderEpoch":1,"votedId":1,"currentVoters":[null]}',
      'a quorum-state in which voterId is no whole number',
    ],
  ])('is refused: %s', (text, message) => {
    expect(() => parseQuorumState(text)).toThrow(new MalformedError(message))
  })
})
