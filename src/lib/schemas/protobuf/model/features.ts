import type { FileElement, OptionElement, OptionValue } from '../elements.ts'

/** What an edition lets a file settle (`google.protobuf.FeatureSet`), as far as it changes bytes and values. */
export interface Features {
  readonly field_presence: string
  readonly enum_type: string
  readonly repeated_field_encoding: string
  readonly utf8_validation: string
  readonly message_encoding: string
}

const PROTO2: Features = {
  field_presence: 'EXPLICIT',
  enum_type: 'CLOSED',
  repeated_field_encoding: 'EXPANDED',
  utf8_validation: 'NONE',
  message_encoding: 'LENGTH_PREFIXED',
}

const EDITION_2023: Features = {
  field_presence: 'EXPLICIT',
  enum_type: 'OPEN',
  repeated_field_encoding: 'PACKED',
  utf8_validation: 'VERIFY',
  message_encoding: 'LENGTH_PREFIXED',
}

const PROTO3: Features = { ...EDITION_2023, field_presence: 'IMPLICIT' }

export function featuresOf({ syntax, options }: FileElement): Features {
  const byDefault = syntax === 'proto3' ? PROTO3 : syntax === 'editions' ? EDITION_2023 : PROTO2
  return withFeatures(byDefault, options)
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
