/** How an answer may look. */
export const OUTPUT_FORMATS = ['table', 'text', 'json', 'ndjson', 'yaml'] as const

export type OutputFormat = (typeof OUTPUT_FORMATS)[number]

/** Whether a person may be reading: no other program wants it in a form of its own. */
export const isForPeople = (format: OutputFormat | undefined): boolean =>
  format === undefined || format === 'table' || format === 'text'
