/** Words as a POSIX shell reads them back. */
export const shellWords = (words: readonly string[]): string => words.map(quote).join(' ')

function quote(word: string): string {
  return /^[\w./:=,@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}
