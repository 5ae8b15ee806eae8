import type { Context } from '../command/define.ts'
import { suggest } from '../suggest.ts'
import { environmentLayer } from '../config/settings/environment.ts'
import { mergeLayers, type Setting } from '../config/settings/layers.ts'
import type { Project } from '../config/settings/project-file.ts'
import { UserError } from '../errors.ts'
import { OUTPUT_FORMATS, type OutputFormat } from '../output/formats.ts'

/**
 * The format that holds where no option names one: KTS_OUTPUT, or `output` of the project file, for those commands that
 * can answer in it. Throws UserError.
 */
export function defaultOutput(
  { env }: Context,
  { defaults }: Project,
  formats: readonly OutputFormat[] = OUTPUT_FORMATS,
): OutputFormat | undefined {
  const { output } = mergeLayers([environmentLayer(env), defaults]).settings
  const format = output && parseFormat(output)
  return format && formats.includes(format) ? format : undefined
}

function parseFormat({ value, origin }: Setting): OutputFormat {
  const format = OUTPUT_FORMATS.find((known) => known === value)
  if (format) return format
  const meant = suggest(value, OUTPUT_FORMATS)
  throw new UserError(
    `${origin}: "${value}" is not an output format; ${meant ? `did you mean ${meant}?` : `there are ${OUTPUT_FORMATS.join(', ')}`}`,
  )
}
