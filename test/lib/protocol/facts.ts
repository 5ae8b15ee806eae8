import type { ErrorName } from '../../../src/lib/protocol/errors.ts'
import { readFileSync } from 'node:fs'

/** A type as Kafka's own classes name it; structs are lists of fields, in wire order, their tagged fields last. */
export type WireType = string | WireArray | NullableStruct | readonly WireField[]
export interface NullableStruct {
  readonly struct: readonly WireField[]
  readonly nullable: true
}
export interface WireArray {
  readonly array?: WireType
  readonly compactArray?: WireType
  readonly nullable?: true
}
export type WireField =
  | readonly [name: string, type: WireType]
  | readonly ['_tagged_fields', Readonly<Record<string, WireField>>]

export interface ApiFacts {
  readonly key: number
  readonly versions: readonly [low: number, high: number]
  /** Which listeners serve it: `broker`, `controller`. */
  readonly listeners: readonly string[]
  readonly byVersion: Readonly<Record<string, VersionFacts>>
}

export interface VersionFacts {
  readonly requestHeader: number
  readonly responseHeader: number
  readonly request: readonly WireField[]
  readonly response: readonly WireField[]
}

/** Defaults of the fields of each message class; nested classes are named `Outer.Inner`. */
export type DefaultFacts = Readonly<Record<string, Readonly<Record<string, unknown>>>>

const load = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../protocol/${name}-4.3.0.json`, import.meta.url), 'utf8'))

export const API_FACTS = load('kafka') as Readonly<Record<string, ApiFacts>>
export const DEFAULT_FACTS = load('defaults') as DefaultFacts
export const ERROR_FACTS = (
  load('facts') as { errors: readonly (readonly [code: number, name: ErrorName, isRetriable: boolean])[] }
).errors

/**
 * A message that is kept in a log: the fields of its versions, and the defaults of its classes, fields in the order of
 * their declaration.
 */
export interface MessageFacts {
  readonly class: string
  readonly versions: readonly [low: number, high: number]
  readonly byVersion: Readonly<Record<string, readonly WireField[]>>
  readonly defaults: DefaultFacts
}

export const RECORD_FACTS = load('records') as {
  readonly metadata: Readonly<Record<string, MessageFacts & { readonly id: number }>>
  readonly remote: Readonly<Record<string, MessageFacts & { readonly id: number }>>
  readonly group: CoordinatorFacts
  readonly share: CoordinatorFacts
  readonly transaction: CoordinatorFacts
  readonly other: Readonly<Record<string, MessageFacts>>
}

export type CoordinatorFacts = Readonly<
  Record<string, { readonly id: number; readonly key: MessageFacts; readonly value: MessageFacts }>
>

/** Names that Kafka's generator does not derive as it does all others. */
const IRREGULAR: Readonly<Record<string, string>> = {
  kraft_version: 'kRaftVersion',
  kraft_version_feature: 'kRaftVersionFeature',
}

/** `topic_authorized_operations` → `topicAuthorizedOperations` */
export const camelCase = (name: string): string =>
  IRREGULAR[name] ?? name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())

export const isTaggedFields = (
  field: WireField,
): field is readonly ['_tagged_fields', Readonly<Record<string, WireField>>] => field[0] === '_tagged_fields'
