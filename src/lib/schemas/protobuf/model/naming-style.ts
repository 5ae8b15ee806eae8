import { SchemaError } from '../../format.ts'
import type { EnumElement, FieldElement, FileElement, MessageElement, OptionElement, TypeElement } from '../elements.ts'
import { type Features, featuresOf, withFeatures } from './features.ts'

type Style = readonly [name: string, pattern: RegExp]

const TITLE_CASE: Style = ['TitleCase', /^[A-Z][A-Za-z0-9]*$/]
/** A letter follows each underscore: otherwise camelCase would not lead back to the name. */
const LOWER_SNAKE_CASE: Style = ['lower_snake_case', /^[a-z][a-z0-9.]*(?:_[a-z][a-z0-9.]*)*$/]
const UPPER_SNAKE_CASE: Style = ['UPPER_SNAKE_CASE', /^[A-Z][A-Z0-9]*(?:_[A-Z][A-Z0-9]*)*$/]

/** Throws SchemaError for a name that the feature `enforce_naming_style` refuses, as it does from edition 2024 on. */
export function validateNames(file: FileElement): void {
  const features = featuresOf(file)
  if (file.packageName !== undefined) check('package', file.packageName, LOWER_SNAKE_CASE, features)
  for (const type of file.types) checkType(type, features)
  for (const { fields } of file.extends) for (const field of fields) checkField(field, features)
  for (const { name, options, methods } of file.services) {
    const around = check('service', name, TITLE_CASE, features, options)
    for (const method of methods) check('method', method.name, TITLE_CASE, around, method.options)
  }
}

const checkType = (type: TypeElement, around: Features): void =>
  type.kind === 'enum' ? checkEnum(type, around) : checkMessage(type, around)

function checkMessage({ name, options, members, extends: extendElements, types }: MessageElement, around: Features) {
  const features = check('message', name, TITLE_CASE, around, options)
  for (const member of members) {
    if (member.kind === 'field') checkField(member, features)
    else {
      const within = check('oneof', member.name, LOWER_SNAKE_CASE, features, member.options)
      for (const field of member.fields) checkField(field, within)
    }
  }
  for (const { fields } of extendElements) for (const field of fields) checkField(field, features)
  for (const type of types) checkType(type, features)
}

function checkField({ name, options }: FieldElement, around: Features): void {
  check('field', name, LOWER_SNAKE_CASE, around, options)
}

function checkEnum({ name, options, constants }: EnumElement, around: Features): void {
  const features = check('enum', name, TITLE_CASE, around, options)
  for (const constant of constants) check('constant', constant.name, UPPER_SNAKE_CASE, features, constant.options)
}

/** Returns the features of what has the name. */
function check(
  what: string,
  name: string,
  [style, pattern]: Style,
  around: Features,
  options: readonly OptionElement[] = [],
): Features {
  const features = withFeatures(around, options)
  if (features.enforce_naming_style !== 'STYLE_LEGACY' && !pattern.test(name))
    throw new SchemaError(
      `${what} "${name.slice(0, 80)}" should be ${style}; features.enforce_naming_style = STYLE_LEGACY takes it as it is`,
    )
  return features
}
