import { shellWords } from '../../lib/command/shell.ts'

/** The command that asks the registry the same, or tells it the same with a body. */
export function registryLine(registry: string | null, path: readonly string[], body?: object): string {
  const url = `${(registry ?? '').split(',')[0]!.replace(/\/$/, '')}/${path.map(encodeURIComponent).join('/')}`
  const type = 'Content-Type: application/vnd.schemaregistry.v1+json'
  return shellWords(['curl', '-s', url, ...(body ? ['-H', type, '-d', JSON.stringify(body)] : [])])
}
