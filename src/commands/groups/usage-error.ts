import { UserError } from '../../lib/errors.ts'

/**
 * What Apache's tool finds out at work only, and takes for wrong usage all the same: exit code 1, nothing on stdout.
 */
export class UsageError extends UserError {}
