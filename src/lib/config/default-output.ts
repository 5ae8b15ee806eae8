import type { Context } from '../command/define.ts'
import { suggest } from '../command/suggest.ts'
import { UserError } from '../errors.ts'
import { OUTPUT_FORMATS, type OutputFormat } from '../output/formats.ts'
import { environmentLayer } from './settings/environment.ts'
import { mergeLayers, type Setting } from './settings/layers.ts'
import { readProject } from './settings/project-file.ts'

/**
 * The format that holds where no option names one: KTS_OUTPUT, or `output` of the project file, for those commands that
 * can answer in it. Throws UserError.
 */
export async function defaultOutput(
  context: Context,
  formats: readonly OutputFormat[] = OUTPUT_FORMATS,
): Promise<OutputFormat | undefined> {
  const {
    settings: { output },
  } = mergeLayers([environmentLayer(context.env), (await readProject(context)).defaults])
  const format = output && parseFormat(output)
  return format && formats.includes(format) ? format : undefined
}

function parseFormat({ value, origin }: Setting): OutputFormat {
  const format = OUTPUT_FORMATS.find((known) => known === value)
  if (format) return format
  const meant = suggest(value, OUTPUT_FORMATS)
  throw new UserError(
    `${origin}: "${value}" is no format for the output; ${meant ? `did you mean ${meant}?` : `there are ${OUTPUT_FORMATS.join(', ')}`}`,
  )
}
