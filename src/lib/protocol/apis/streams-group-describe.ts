import { api, type ResponseOf } from '../api.ts'
import {
  array,
  bool,
  int16,
  int32,
  int64,
  nullableArray,
  nullableString,
  nullableStruct,
  string,
  struct,
  uint16,
} from '../schema.ts'

export const StreamsGroupDescribe = api(89, 'StreamsGroupDescribe', {
  versions: '0',
  flexible: '0+',
  request: { groupIds: array('0+', string('0+')), includeAuthorizedOperations: bool('0+') },
  response: {
    throttleTimeMs: int32('0+'),
    groups: array('0+', {
      errorCode: int16('0+'),
      errorMessage: nullableString('0+', '0+'),
      groupId: string('0+'),
      groupState: string('0+'),
      groupEpoch: int32('0+'),
      assignmentEpoch: int32('0+'),
      topology: nullableStruct('0+', '0+', {
        epoch: int32('0+'),
        subtopologies: nullableArray('0+', '0+', {
          subtopologyId: string('0+'),
          sourceTopics: array('0+', string('0+')),
          repartitionSinkTopics: array('0+', string('0+')),
          stateChangelogTopics: array('0+', {
            name: string('0+'),
            partitions: int32('0+'),
            replicationFactor: int16('0+'),
            topicConfigs: array('0+', { key: string('0+'), value: string('0+') }),
          }),
          repartitionSourceTopics: array('0+', {
            name: string('0+'),
            partitions: int32('0+'),
            replicationFactor: int16('0+'),
            topicConfigs: array('0+', { key: string('0+'), value: string('0+') }),
          }),
        }),
      }),
      members: array('0+', {
        memberId: string('0+'),
        memberEpoch: int32('0+'),
        instanceId: nullableString('0+', '0+'),
        rackId: nullableString('0+', '0+'),
        clientId: string('0+'),
        clientHost: string('0+'),
        topologyEpoch: int32('0+'),
        processId: string('0+'),
        userEndpoint: nullableStruct('0+', '0+', { host: string('0+'), port: uint16('0+') }),
        clientTags: array('0+', { key: string('0+'), value: string('0+') }),
        taskOffsets: array('0+', { subtopologyId: string('0+'), partition: int32('0+'), offset: int64('0+') }),
        taskEndOffsets: array('0+', { subtopologyId: string('0+'), partition: int32('0+'), offset: int64('0+') }),
        assignment: struct('0+', {
          activeTasks: array('0+', { subtopologyId: string('0+'), partitions: array('0+', int32('0+')) }),
          standbyTasks: array('0+', { subtopologyId: string('0+'), partitions: array('0+', int32('0+')) }),
          warmupTasks: array('0+', { subtopologyId: string('0+'), partitions: array('0+', int32('0+')) }),
        }),
        targetAssignment: struct('0+', {
          activeTasks: array('0+', { subtopologyId: string('0+'), partitions: array('0+', int32('0+')) }),
          standbyTasks: array('0+', { subtopologyId: string('0+'), partitions: array('0+', int32('0+')) }),
          warmupTasks: array('0+', { subtopologyId: string('0+'), partitions: array('0+', int32('0+')) }),
        }),
        isClassic: bool('0+'),
      }),
      authorizedOperations: int32('0+', { default: -2147483648 }),
    }),
  },
})

export type StreamsGroupDescribeResponse = ResponseOf<typeof StreamsGroupDescribe>
