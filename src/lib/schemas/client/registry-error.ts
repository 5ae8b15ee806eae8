import { EnvironmentError } from '../../errors.ts'

/** The codes of Confluent's API that somebody asks for. */
export const REGISTRY_CODES = {
  subjectNotFound: 40401,
  versionNotFound: 40402,
  schemaNotFound: 40403,
  noLevelOfItsOwn: 40408,
  noModeOfItsOwn: 40409,
} as const

/**
 * What a registry answers in place of what it was asked for, with its code and its message; `errorCode` is undefined
 * where nobody has answered as a registry does.
 */
export class RegistryError extends EnvironmentError {
  constructor(
    message: string,
    readonly errorCode?: number,
    options: { readonly cause?: unknown } = {},
  ) {
    super(message, { ...options, ...(errorCode !== undefined && { code: String(errorCode) }) })
  }

  /** Nobody answered: the same question may be answered later. */
  get isUnreachable(): boolean {
    return this.errorCode === undefined || this.errorCode >= 50000 || (this.errorCode >= 500 && this.errorCode < 600)
  }

  /** There is no such subject, version, schema or setting. */
  get isNotFound(): boolean {
    return this.errorCode === 404 || (this.errorCode !== undefined && Math.floor(this.errorCode / 100) === 404)
  }

  /** The schema is not compatible with those of its subject; servers of old say it with the plain status. */
  get isIncompatible(): boolean {
    return this.errorCode === 409 || this.errorCode === 40901
  }
}
