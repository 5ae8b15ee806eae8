/**
 * What a request is refused with: the status of HTTP, and code and sentence as Confluent's API documentation has them,
 * since clients look at both.
 */
export class RegistryError extends Error {
  override readonly name = 'RegistryError'
  constructor(
    readonly status: number,
    readonly code: number,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options)
  }
}

const notFound = (code: number, message: string): RegistryError => new RegistryError(404, code, message)
const unprocessable = (code: number, message: string): RegistryError => new RegistryError(422, code, message)

export const noSuchPath = (): RegistryError => notFound(404, 'HTTP 404 Not Found')
export const badRequest = (message: string): RegistryError => new RegistryError(400, 400, message)

export const subjectNotFound = (subject: string): RegistryError => notFound(40401, `Subject '${subject}' not found.`)
export const versionNotFound = (version: number | string): RegistryError =>
  notFound(40402, `Version ${version} not found.`)
export const schemaNotFound = (id?: number | string): RegistryError =>
  notFound(40403, id === undefined ? 'Schema not found' : `Schema ${id} not found`)
export const subjectSoftDeleted = (subject: string): RegistryError =>
  notFound(40404, `Subject '${subject}' was soft deleted. Set permanent=true to delete permanently`)
export const subjectNotSoftDeleted = (subject: string): RegistryError =>
  notFound(40405, `Subject '${subject}' was not deleted first before being permanently deleted`)
export const versionSoftDeleted = (subject: string, version: number): RegistryError =>
  notFound(40406, `Subject '${subject}' Version ${version} was soft deleted. Set permanent=true to delete permanently`)
export const versionNotSoftDeleted = (subject: string, version: number): RegistryError =>
  notFound(40407, `Subject '${subject}' Version ${version} was not deleted first before being permanently deleted`)
export const noConfigOfItsOwn = (subject: string): RegistryError =>
  notFound(40408, `Subject '${subject}' does not have subject-level compatibility configured`)
export const noModeOfItsOwn = (subject: string): RegistryError =>
  notFound(40409, `Subject '${subject}' does not have subject-level mode configured`)

export const incompatible = (subject: string, details: readonly string[]): RegistryError =>
  new RegistryError(
    409,
    409,
    `Schema being registered is incompatible with an earlier schema for subject "${subject}", details: [${details.join(', ')}]`,
  )

export const invalidSchema = (message: string): RegistryError => unprocessable(42201, message)
export const invalidVersion = (version: string): RegistryError =>
  unprocessable(
    42202,
    `The specified version '${version}' is not a valid version id. Allowed values are between [1, 2^31-1] and the string "latest"`,
  )
export const invalidLevel = (): RegistryError =>
  unprocessable(
    42203,
    'Invalid compatibility level. Valid values are none, backward, forward, full, backward_transitive, forward_transitive, and full_transitive',
  )
export const invalidMode = (): RegistryError =>
  unprocessable(42204, 'Invalid mode. Valid values are READWRITE, READONLY, READONLY_OVERRIDE, IMPORT, and FORWARD')
export const notPermitted = (message: string): RegistryError => unprocessable(42205, message)
export const stillReferenced = (subject: string, version: number): RegistryError =>
  unprocessable(
    42206,
    `One or more references exist to the schema {magic=1,keytype=SCHEMA,subject=${subject},version=${version}}.`,
  )
export const idDiffers = (message: string): RegistryError => unprocessable(42207, message)
export const invalidSubject = (subject: string): RegistryError =>
  unprocessable(42208, `The specified subject '${subject}' is not a valid.`)
export const tooLarge = (message: string): RegistryError => unprocessable(42209, message)
export const contextNotEmpty = (context: string): RegistryError =>
  unprocessable(42211, `The specified context '${context}' is not empty.`)

/** The topic could not be written, or not in time. */
export const storeFailed = (error: Error): RegistryError =>
  new RegistryError(500, 50001, `Error in the backend data store: ${error.message}`, { cause: error })
export const storeTimedOut = (): RegistryError =>
  new RegistryError(500, 50002, 'The write was not read back from the backend data store in time')
export const noLeader = (reason: string): RegistryError => new RegistryError(500, 50004, `Leader not known: ${reason}`)
