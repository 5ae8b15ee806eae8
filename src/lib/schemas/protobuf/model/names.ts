import { SchemaError } from '../../format.ts'
import type { EnumType, MessageType, ProtoFile, ProtoSymbol } from './types.ts'

/** What is within a package or a message has its name in its own: a long one would be there thousands of times. */
const LONGEST_NAME = 1024
/** As protoc has it. */
const MOST_PACKAGE_PARTS = 100

/** The names that a file may use: its own, those of its imports, and of what these import publicly. */
export class Names {
  private readonly visible: readonly ProtoFile[]
  /** `a` and `a.b` of `package a.b`. */
  private readonly packages = new Set<string>()
  private readonly found = new Map<string, ProtoSymbol | 'package' | undefined>()

  constructor(private readonly file: ProtoFile) {
    const visible = new Set([file])
    file.element.imports.forEach(({ kind }, index) => {
      if (kind !== 'option') addWithPublicImports(file.imports[index]!, visible)
    })
    this.visible = [...visible]
    for (const { packageName } of this.visible) {
      if (packageName.split('.').length > MOST_PACKAGE_PARTS)
        throw new SchemaError(`the name of the package has more than ${MOST_PACKAGE_PARTS} parts`)
      for (let name = packageName; name !== ''; name = parentOf(name)) this.packages.add(name)
    }
  }

  /** Throws SchemaError for one that is too long. */
  fullName(scope: string, name: string): string {
    if (scope.length + name.length >= LONGEST_NAME)
      throw new SchemaError(`a name is longer than ${LONGEST_NAME} characters: ${name.slice(0, 40)}…`)
    return scope === '' ? name : `${scope}.${name}`
  }

  declare(scope: string, name: string, symbol: ProtoSymbol): string {
    const fullName = this.fullName(scope, name)
    if (this.file.symbols.has(fullName)) throw new SchemaError(`"${fullName}" is declared twice`)
    this.file.symbols.set(fullName, symbol)
    return fullName
  }

  message(name: string, scope: string): MessageType {
    const type = this.type(name, scope)
    if (type.kind !== 'message') throw new SchemaError(`"${name}" is no message (in ${scope})`)
    return type
  }

  /** As C++ looks names up: where the innermost scope that knows the first part of it has the rest. */
  type(name: string, scope: string): MessageType | EnumType {
    const symbol = name.startsWith('.') ? this.find(name.slice(1)) : this.findFrom(name, scope)
    if (symbol === undefined) throw new SchemaError(`"${name}" is not defined${place(scope)}`)
    if (symbol === 'package' || symbol.kind === 'other') throw new SchemaError(`"${name}" is no type${place(scope)}`)
    return symbol
  }

  private findFrom(name: string, scope: string): ProtoSymbol | 'package' | undefined {
    const dot = name.indexOf('.')
    const first = dot < 0 ? name : name.slice(0, dot)
    for (let around = scope; ; around = parentOf(around)) {
      const symbol = this.find(this.fullName(around, first))
      // A field may be named like a type further out, and a type like a package.
      if (symbol !== undefined && (symbol === 'package' ? dot > 0 : symbol.kind !== 'other')) {
        return dot < 0 ? symbol : this.find(this.fullName(around, name))
      }
      if (around === '') return undefined
    }
  }

  private find(fullName: string): ProtoSymbol | 'package' | undefined {
    const known = this.found.get(fullName)
    if (known !== undefined || this.found.has(fullName)) return known
    const file = this.visible.find(({ symbols }) => symbols.has(fullName))
    const symbol = file?.symbols.get(fullName) ?? (this.packages.has(fullName) ? 'package' : undefined)
    this.found.set(fullName, symbol)
    return symbol
  }
}

const place = (scope: string): string => (scope === '' ? '' : ` (in ${scope})`)

const parentOf = (name: string): string => name.slice(0, Math.max(name.lastIndexOf('.'), 0))

function addWithPublicImports(file: ProtoFile, visible: Set<ProtoFile>): void {
  if (visible.has(file)) return
  visible.add(file)
  file.element.imports.forEach(({ kind }, index) => {
    if (kind === 'public') addWithPublicImports(file.imports[index]!, visible)
  })
}
