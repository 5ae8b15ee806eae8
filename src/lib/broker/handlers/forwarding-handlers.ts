import type { ApiHandler } from '../handle.ts'
import { forwarded } from './forward.ts'
import { forwardedConfigs } from './forward-configs.ts'
import { OF_BOTH, OF_BROKERS, OF_THE_ACTIVE_CONTROLLER, SETTINGS } from './index.ts'

/** What the listeners for clients and brokers answer on a broker that has no controller of its own. */
export const FORWARDING_HANDLERS: readonly ApiHandler[] = [
  ...OF_BROKERS,
  ...OF_BOTH,
  ...OF_THE_ACTIVE_CONTROLLER.map(forwarded),
  ...SETTINGS.map(forwardedConfigs),
]
