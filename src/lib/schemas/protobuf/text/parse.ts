import {
  EDITIONS,
  type ExtendElement,
  type FileElement,
  type ImportElement,
  type MethodElement,
  type OptionElement,
  type ServiceElement,
  type TypeElement,
} from '../elements.ts'
import { acceptType, parseExtend } from './parse-message.ts'
import { parseOptionStatement, parseString } from './parse-options.ts'
import { Tokens } from './tokens.ts'

/**
 * Reads a `.proto` file of proto2, proto3 or an edition, as in the language specifications of protobuf.dev. Whether
 * names mean something is not looked at. Throws SchemaError with line and column.
 */
export function parseProto(text: string): FileElement {
  return new FileParser(new Tokens(text)).file()
}

class FileParser {
  private syntax: FileElement['syntax']
  private edition: string | undefined
  private packageName: string | undefined
  private readonly imports: ImportElement[] = []
  private readonly options: OptionElement[] = []
  private readonly types: TypeElement[] = []
  private readonly extendElements: ExtendElement[] = []
  private readonly services: ServiceElement[] = []

  constructor(private readonly tokens: Tokens) {}

  file(): FileElement {
    if (this.tokens.is('syntax') || this.tokens.is('edition')) this.readSyntax()
    while (this.tokens.next.kind !== 'end') this.readStatement()
    return {
      syntax: this.syntax,
      edition: this.edition,
      packageName: this.packageName,
      imports: this.imports,
      options: this.options,
      types: this.types,
      extends: this.extendElements,
      services: this.services,
    }
  }

  private readSyntax(): void {
    const { tokens } = this
    const isEdition = tokens.take().text === 'edition'
    tokens.expect('=')
    const at = tokens.next.at
    const value = parseString(tokens).toString()
    if (isEdition) {
      if (!EDITIONS.includes(value))
        throw tokens.error(`edition ${JSON.stringify(value)} is unknown; there are ${EDITIONS.join(' and ')}`, at)
      tokens.hasVisibility = value >= '2024'
      this.syntax = 'editions'
      this.edition = value
    } else if (value === 'proto2' || value === 'proto3') this.syntax = value
    else throw tokens.error(`syntax ${JSON.stringify(value)} is unknown; there are proto2 and proto3`, at)
    tokens.expect(';')
  }

  private readStatement(): void {
    const { tokens } = this
    if (tokens.accept(';')) return
    const type = acceptType(tokens, 0)
    if (type !== undefined) {
      this.types.push(type)
      return
    }
    const { at } = tokens.next
    const word = tokens.identifier('a declaration')
    if (word === 'extend') this.extendElements.push(parseExtend(tokens, 0))
    else if (word === 'service') this.services.push(parseService(tokens))
    else if (word === 'option') this.options.push(parseOptionStatement(tokens))
    else if (word === 'import') this.imports.push(parseImport(tokens))
    else if (word === 'package' && this.packageName === undefined) this.packageName = parsePackage(tokens)
    else throw tokens.error(`"${word.slice(0, 40)}" cannot stand here`, at)
  }
}

function parsePackage(tokens: Tokens): string {
  const name = tokens.dottedName('the name of the package')
  tokens.expect(';')
  return name
}

function parseImport(tokens: Tokens): ImportElement {
  const kind = (['public', 'weak', 'option'] as const).find((word) => tokens.accept(word))
  const path = parseString(tokens).toString()
  tokens.expect(';')
  return { path, kind }
}

function parseService(tokens: Tokens): ServiceElement {
  const name = tokens.identifier('the name of the service')
  const options: OptionElement[] = []
  const methods: MethodElement[] = []
  tokens.expect('{')
  while (!tokens.accept('}')) {
    if (tokens.accept('option')) options.push(parseOptionStatement(tokens))
    else if (tokens.accept('rpc')) methods.push(parseMethod(tokens))
    else tokens.expect(';')
  }
  return { name, options, methods }
}

function parseMethod(tokens: Tokens): MethodElement {
  const name = tokens.identifier('the name of the method')
  const [isInputStream, input] = parseMethodType(tokens)
  tokens.expect('returns')
  const [isOutputStream, output] = parseMethodType(tokens)
  const options: OptionElement[] = []
  if (tokens.accept('{')) {
    while (!tokens.accept('}')) {
      if (tokens.accept('option')) options.push(parseOptionStatement(tokens))
      else tokens.expect(';')
    }
  } else tokens.expect(';')
  return { name, input, output, isInputStream, isOutputStream, options }
}

function parseMethodType(tokens: Tokens): [isStream: boolean, type: string] {
  tokens.expect('(')
  const isStream = tokens.accept('stream')
  const type = tokens.dottedName('the name of a message', true)
  tokens.expect(')')
  return [isStream, type]
}
