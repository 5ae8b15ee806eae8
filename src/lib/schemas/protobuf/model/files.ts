import { type ResolvedReference, SchemaError } from '../../format.ts'
import { CONFLUENT_TYPES } from '../built-in/confluent.ts'
import { DESCRIPTOR } from '../built-in/descriptor.ts'
import { GOOGLE_TYPES } from '../built-in/google-types.ts'
import { WELL_KNOWN_TYPES } from '../built-in/well-known.ts'
import type { FileElement } from '../elements.ts'
import { parseProto } from '../text/parse.ts'
import { linkFile } from './link.ts'
import type { MessageType, ProtoFile } from './types.ts'
import { validateFile } from './validate.ts'

/** The files that kts brings along, by path. */
export const BUILT_IN: Readonly<Record<string, string>> = {
  ...WELL_KNOWN_TYPES,
  ...DESCRIPTOR,
  ...GOOGLE_TYPES,
  ...CONFLUENT_TYPES,
}

/** How the text of a file is read, be it a `.proto` or a descriptor in base64. */
export interface Source {
  read(text: string): FileElement
  /** Once more, with what the file and its imports declare: options that only these explain. */
  reread?(text: string, linked: ProtoFile): FileElement | undefined
}

const builtInFiles = new Map<string, ProtoFile>()

/** Links a file with what it imports, which references or the files built in provide. Throws SchemaError. */
export function linkWith(
  text: string,
  path: string,
  references: readonly ResolvedReference[],
  source: Source,
  isKept: boolean,
): ProtoFile {
  return new Linker(references, source, isKept).linkText(text, path)
}

/** A file that is built in. */
export const builtInFile = (path: string): ProtoFile => new Linker([], { read: parseProto }, true).load(path, '')

/** One of the well-known types. */
export function builtInMessage(fullName: string): MessageType | undefined {
  if (!fullName.startsWith('google.protobuf.')) return undefined
  for (const path of Object.keys(WELL_KNOWN_TYPES)) {
    const symbol = builtInFile(path).symbols.get(fullName)
    if (symbol?.kind === 'message') return symbol
  }
  return undefined
}

class Linker {
  private readonly texts: ReadonlyMap<string, string>
  private readonly files = new Map<string, ProtoFile>()
  private readonly underWay = new Set<string>()

  constructor(
    references: readonly ResolvedReference[],
    private readonly source: Source,
    private readonly isKept: boolean,
  ) {
    this.texts = new Map(references.map(({ name, text }) => [name, text]))
  }

  linkText(text: string, path: string): ProtoFile {
    const file = this.link(this.source.read(text), path)
    const again = this.source.reread?.(text, file)
    return again === undefined ? file : this.link(again, path)
  }

  load(path: string, importer: string): ProtoFile {
    const known = this.files.get(path) ?? builtInFiles.get(path)
    // What JSON and options mean is settled for protobuf's own types, whoever brings them along again.
    const isOwn = Object.hasOwn(BUILT_IN, path) && (path.startsWith('google/protobuf/') || !this.texts.has(path))
    if (known !== undefined && (isOwn || !builtInFiles.has(path))) return known
    if (this.underWay.has(path)) throw new SchemaError(`"${path}" imports itself`)
    const text = isOwn ? BUILT_IN[path] : this.texts.get(path)
    if (text === undefined) throw new SchemaError(`"${importer}" imports "${path}", which no reference provides`)
    const file = this.linkImport(text, path)
    ;(isOwn ? builtInFiles : this.files).set(path, file)
    return file
  }

  private linkImport(text: string, path: string): ProtoFile {
    try {
      return this.linkText(text, path)
    } catch (error) {
      throw error instanceof SchemaError ? new SchemaError(`${path}: ${error.message}`) : error
    }
  }

  private link(element: FileElement, path: string): ProtoFile {
    this.underWay.add(path)
    const file = linkFile(
      element,
      path,
      element.imports.map((imported) => this.load(imported.path, path)),
    )
    if (!this.isKept) validateFile(file)
    this.underWay.delete(path)
    return file
  }
}
