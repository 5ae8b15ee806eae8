import type { JsonForm } from '../../lib/protocol/internal-records/index.ts'
import { javaDouble } from '../../lib/java/number.ts'
import { toJson } from '../../lib/output/json.ts'

/** As Apache's tool shows a message. */
export const APACHE_FORM: Partial<JsonForm> = { double: javaDouble }

/** As kts says it everywhere else: numbers that a double cannot hold are strings. */
export const KTS_FORM: Partial<JsonForm> = { long: toJson }
