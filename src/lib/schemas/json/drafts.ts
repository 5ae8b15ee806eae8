import type { Keywords } from './document.ts'

/** The versions of JSON Schema; draft 6 differs from 7 in nothing that is looked at here. */
export type Draft = '4' | '6' | '7' | '2019-09' | '2020-12'

const DRAFTS: Readonly<Record<string, Draft>> = {
  'draft-04': '4',
  'draft-06': '6',
  'draft-07': '7',
  '2019-09': '2019-09',
  '2020-12': '2020-12',
}

/** What `$schema` says; draft 7 where it says nothing, as Confluent's registry takes it. */
export function draftOf({ $schema }: Keywords): Draft {
  const [, name] = /json-schema\.org\/(?:draft\/)?(draft-0[467]|2019-09|2020-12)\/schema/.exec(String($schema)) ?? []
  return DRAFTS[name ?? ''] ?? '7'
}

/** Before 2019-09 nothing beside a `$ref` counts. */
export const refStandsAlone = (draft: Draft): boolean => draft === '4' || draft === '6' || draft === '7'
