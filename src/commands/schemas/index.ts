import { defineCommand } from '../../lib/work/command.ts'
import { checkSchema } from './check.ts'
import { deleteSchemas } from './delete.ts'
import { diffSchemas } from './diff.ts'
import { options, type SchemasValues } from './options.ts'
import { getSchema, listSchemas } from './read.ts'
import { registerSchema } from './register.ts'
import { configSchemas, modeOfSchemas } from './settings.ts'
import { exportSchemas, importSchemas } from './transfer.ts'

const SUBJECT = { name: 'SUBJECT', about: 'The subject.', completes: 'subjects' } as const
const MAYBE_SUBJECT = { ...SUBJECT, isOptional: true } as const
const fileOrSubject = ({ against }: Partial<SchemasValues>) =>
  against === undefined || against.length === 0 ? 'subjects' : 'files'
const FILE = { name: 'FILE', about: 'The file of a schema.', completes: 'files' } as const

export const schemas = defineCommand({
  examples: [
    { command: 'kts schemas list --schema-registry http://localhost:8081', about: 'The subjects of a registry.' },
    { command: 'kts schemas register orders-value order.avsc', about: 'Register a schema; prints its id.' },
    {
      command: 'kts schemas check orders-value order.avsc',
      about: 'Whether it may be registered; exit code 1 if not.',
    },
    {
      command: 'kts schemas check order.avsc --against main/order.avsc --level FULL',
      about: 'The same between files, without a registry.',
    },
    { command: 'kts schemas diff orders-value:1 order.avsc', about: 'What is different.' },
    { command: 'kts schemas export > schemas.ndjson', about: 'Everything, for kts schemas import elsewhere.' },
  ],
  options,
  actions: {
    list: {
      about: 'List the subjects, or the versions of one.',
      words: [MAYBE_SUBJECT],
      offline: listSchemas,
    },
    get: { about: 'Print a schema.', words: [MAYBE_SUBJECT], offline: getSchema },
    register: { about: 'Register a schema under a subject.', words: [SUBJECT, FILE], offline: registerSchema },
    check: {
      about: 'Check whether a schema is compatible with those of a subject, or with files.',
      words: [
        { ...SUBJECT, about: 'The subject; or with --against the file.', completes: fileOrSubject },
        { ...FILE, isOptional: true },
      ],
      offline: checkSchema,
    },
    diff: {
      about: 'Show what is different between two schemas.',
      words: [
        { name: 'FROM', about: 'A file, or SUBJECT, or SUBJECT:VERSION.', completes: 'files' },
        { name: 'TO', about: 'The same.', completes: 'files' },
      ],
      offline: diffSchemas,
    },
    delete: { about: 'Delete a subject, or a version of it.', words: [SUBJECT], offline: deleteSchemas },
    config: {
      about: 'Show or set the level of compatibility.',
      words: [MAYBE_SUBJECT],
      offline: configSchemas,
    },
    mode: {
      about: 'Show or set the mode: READWRITE, READONLY, IMPORT.',
      words: [MAYBE_SUBJECT],
      offline: modeOfSchemas,
    },
    export: {
      about: 'Print all schemas, or those of subjects, with their ids.',
      words: [{ ...MAYBE_SUBJECT, about: 'The subjects.', isRepeatable: true }],
      offline: exportSchemas,
    },
    import: { about: 'Register what export has printed, under the same ids.', offline: importSchemas },
  },
})
