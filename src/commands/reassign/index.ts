import { defineCommand } from '../../lib/work/command.ts'
import { cancel } from './cancel.ts'
import { execute } from './execute.ts'
import { generate } from './generate.ts'
import { list } from './list.ts'
import { options } from './options.ts'
import { Failure } from './report.ts'
import { verify } from './verify.ts'

export const reassign = defineCommand({
  examples: [
    {
      command: 'kts reassign generate topics.json --broker-list 1,2,3',
      about: 'A proposal; save it as plan.json.',
    },
    { command: 'kts reassign execute plan.json --throttle 50000000', about: 'Begin, with 50 MB a second at most.' },
    { command: 'kts reassign verify plan.json', about: 'See how far it is; takes the throttle away at the end.' },
    { command: 'kts reassign list', about: 'Everything that is under way.' },
  ],
  options,
  actionsBy: 'option',
  actions: { generate, execute, verify, list, cancel },
  dropInFailure: (error) => ({ stdout: `${error instanceof Failure ? '' : 'Error: '}${error.message}\n`, exitCode: 1 }),
})
