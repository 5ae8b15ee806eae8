import { readFileSync } from 'node:fs'

/** A type as Kafka's own classes name it; structs are lists of fields, in wire order, their tagged fields last. */
export type WireType = string | WireArray | readonly WireField[]
export interface WireArray { readonly array?: WireType; readonly compactArray?: WireType; readonly nullable?: true }
export type WireField = readonly [name: string, type: WireType] | readonly ['_tagged_fields', Readonly<Record<string, WireField>>]

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

const load = (name: string): unknown => JSON.parse(readFileSync(new URL(`../../protocol/${name}-4.3.0.json`, import.meta.url), 'utf8'))

export const API_FACTS = load('kafka') as Readonly<Record<string, ApiFacts>>
export const DEFAULT_FACTS = load('defaults') as DefaultFacts
export const ERROR_FACTS = (load('facts') as { errors: readonly (readonly [code: number, name: string, isRetriable: boolean])[] }).errors

/** `topic_authorized_operations` → `topicAuthorizedOperations` */
export const camelCase = (name: string): string => name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())

export const isTaggedFields = (field: WireField): field is readonly ['_tagged_fields', Readonly<Record<string, WireField>>] => field[0] === '_tagged_fields'
