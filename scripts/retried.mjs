// Which tests passed only when they were tried again; a report of vitest (--reporter=json) keeps why they had failed.
import { relative } from 'node:path'
import { stripVTControlCharacters } from 'node:util'

/** A line for each: the file below `root`, how often it was tried again, and the first line of the first failure. */
export function retriedTests({ testResults }, root) {
  const wasRetried = ({ status, failureMessages }) => status === 'passed' && failureMessages?.length > 0
  return testResults.flatMap(({ name, assertionResults }) =>
    assertionResults.filter(wasRetried).map(({ fullName, failureMessages }) => {
      const [reason] = stripVTControlCharacters(failureMessages[0]).split('\n')
      return `${relative(root, name)}: ${fullName} (${failureMessages.length}x: ${reason.slice(0, 200)})`
    }),
  )
}
