import type { ClientProperties } from '../types.ts'

const METRICS = 'kts keeps no client metrics'
const BUFFERS = 'the size of socket buffers is left to the operating system'
const SHARE_GROUPS = 'it belongs to share groups'

/** Settings of Java's consumer that change nothing here, and why. */
const VAIN: Readonly<Record<string, string>> = {
  'enable.metrics.push': METRICS,
  'interceptor.classes': 'Java classes cannot be loaded',
  'max.poll.records': 'records are handed out as they come',
  'metric.reporters': METRICS,
  'metrics.num.samples': METRICS,
  'metrics.recording.level': METRICS,
  'metrics.sample.window.ms': METRICS,
  'receive.buffer.bytes': BUFFERS,
  'send.buffer.bytes': BUFFERS,
  'share.acknowledgement.mode': SHARE_GROUPS,
  'share.acquire.mode': SHARE_GROUPS,
}

const VAIN_IN_CLASSIC_GROUPS: Readonly<Record<string, string>> = {
  'group.remote.assignor': 'it belongs to group.protocol=consumer',
}

/** A sentence for each setting that was made in vain. */
export function vainConsumerSettings(properties: ClientProperties): string[] {
  const vain =
    properties.get('group.protocol')?.toLowerCase() === 'consumer' ? VAIN : { ...VAIN, ...VAIN_IN_CLASSIC_GROUPS }
  return [...properties.keys()].flatMap((name) => (vain[name] ? [`${name} has no effect: ${vain[name]}`] : []))
}
