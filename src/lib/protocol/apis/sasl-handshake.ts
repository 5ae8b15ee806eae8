import { api } from '../api.ts'
import { array, int16, string } from '../schema.ts'

export const SaslHandshake = api(17, 'SaslHandshake', {
  versions: '0-1',
  flexible: 'none',
  request: { mechanism: string('0+') },
  response: { errorCode: int16('0+'), mechanisms: array('0+', string('0+')) },
})
