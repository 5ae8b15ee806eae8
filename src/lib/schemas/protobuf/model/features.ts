import type { FileElement, OptionElement, OptionValue } from '../elements.ts'

/** What an edition lets a file settle (`google.protobuf.FeatureSet`), as far as it changes bytes, values or errors. */
export interface Features {
  readonly field_presence: string
  readonly enum_type: string
  readonly repeated_field_encoding: string
  readonly utf8_validation: string
  readonly message_encoding: string
  readonly enforce_naming_style: string
  readonly default_symbol_visibility: string
}

const PROTO2: Features = {
  field_presence: 'EXPLICIT',
  enum_type: 'CLOSED',
  repeated_field_encoding: 'EXPANDED',
  utf8_validation: 'NONE',
  message_encoding: 'LENGTH_PREFIXED',
  enforce_naming_style: 'STYLE_LEGACY',
  default_symbol_visibility: 'EXPORT_ALL',
}

const EDITION_2023: Features = {
  ...PROTO2,
  enum_type: 'OPEN',
  repeated_field_encoding: 'PACKED',
  utf8_validation: 'VERIFY',
}

const EDITION_2024: Features = {
  ...EDITION_2023,
  enforce_naming_style: 'STYLE2024',
  default_symbol_visibility: 'EXPORT_TOP_LEVEL',
}

const PROTO3: Features = { ...EDITION_2023, field_presence: 'IMPLICIT' }

export const featuresOf = (file: FileElement): Features => withFeatures(defaultsOf(file), file.options)

function defaultsOf({ syntax, edition }: FileElement): Features {
  if (syntax === 'editions') return edition === '2023' ? EDITION_2023 : EDITION_2024
  return syntax === 'proto3' ? PROTO3 : PROTO2
}

/** Those of the surroundings, unless `features.NAME = VALUE` or `features = { NAME: VALUE }` says otherwise. */
export function withFeatures(around: Features, options: readonly OptionElement[]): Features {
  let features = around
  for (const { name, value } of options) {
    if (name[0]!.name !== 'features' || name[0]!.isExtension) continue
    const fields = name.length === 2 ? [{ name: name[1]!.name, value }] : fieldsOf(value)
    for (const field of fields) {
      if (!(field.name in features) || field.value.kind !== 'identifier') continue
      features = { ...features, [field.name]: field.value.text }
    }
  }
  return features
}

const fieldsOf = (value: OptionValue): readonly { name: string; value: OptionValue }[] =>
  value.kind === 'message' ? value.fields : []
