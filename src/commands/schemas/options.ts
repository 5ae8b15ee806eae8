import { defineOptions, optionGroup, type Values } from '../../lib/command/define.ts'
import { connectionOptions, registryOptions } from '../../lib/config/connection.ts'
import { COMPATIBILITY_LEVELS } from '../../lib/schemas/client/index.ts'
import { dryRunOption, yesOption } from '../../lib/work/confirm.ts'

export const options = defineOptions([
  ...registryOptions,
  ...connectionOptions.filter(({ name }) => !['bootstrap-server', 'local'].includes(name)),
  ...optionGroup({ section: 'Which schema', goesWith: ['get', 'check', 'delete'] }, [
    { name: 'schema-version', value: 'VERSION', about: 'A version of the subject: a number, or latest.' },
  ]),
  ...optionGroup({ section: 'Which schema', goesWith: ['get'] }, [
    { name: 'id', value: 'ID', about: 'A schema by its id or GUID, in place of a subject.' },
  ]),
  ...optionGroup({ section: 'Which schema', goesWith: ['list', 'export'] }, [
    { name: 'deleted', about: 'Also what has been deleted, and not for good.' },
  ]),
  ...optionGroup({ section: 'What is in the file', goesWith: ['register', 'check', 'diff'] }, [
    {
      name: 'schema-type',
      value: 'TYPE',
      values: ['avro', 'protobuf', 'json'],
      about: 'What the file of a schema holds, where neither its name (.avsc, .proto) nor its text says so.',
    },
    {
      name: 'reference',
      value: 'NAME=PLACE',
      repeatable: true,
      about:
        'What the schema refers to by this name: SUBJECT:VERSION of the registry, or a file. Give each after those that it needs.',
    },
  ]),
  ...optionGroup({ section: 'What to do', goesWith: ['register', 'check'] }, [
    { name: 'normalize', about: 'Take schemas for the same that differ only in what has no meaning.' },
  ]),
  ...optionGroup({ section: 'What to do', goesWith: ['check'] }, [
    {
      name: 'against',
      value: 'FILE',
      repeatable: true,
      about: 'Check against this file, or these from the oldest to the newest, without a registry.',
    },
    {
      name: 'level',
      value: 'LEVEL',
      values: COMPATIBILITY_LEVELS,
      ignoresCase: true,
      about: 'The level of compatibility of --against; BACKWARD by default.',
    },
  ]),
  ...optionGroup({ section: 'What to do', goesWith: ['delete'] }, [
    { name: 'permanent', about: 'Delete for good, what has been deleted before as well.' },
  ]),
  ...optionGroup({ section: 'What to do', goesWith: ['config', 'mode'] }, [
    { name: 'set', value: 'VALUE', about: 'Set the level of compatibility, or the mode.' },
    { name: 'unset', about: 'Let the subject have what holds for the registry.' },
  ]),
  ...optionGroup({ section: 'What to do', goesWith: ['mode'] }, [
    { name: 'force', about: 'Set IMPORT though there are schemas.' },
  ]),
  ...optionGroup({ section: 'What to do', goesWith: ['import'] }, [
    { name: 'input-file', value: 'PATH', about: 'Read from this file; from stdin by default.' },
  ]),
  ...dryRunOption(['register', 'delete', 'config', 'mode', 'import']),
  ...yesOption(['delete']),
])

export type SchemasValues = Values<typeof options>
