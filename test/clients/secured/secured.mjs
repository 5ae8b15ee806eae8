// Real clients with right and wrong secrets, through each mechanism on each protocol, against one broker with all
// listeners at once. A right secret writes a record with a header and reads it again; a wrong one ends in the client's
// own error for it, and in a line of the broker's log.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Missing } from '../../support/tally.mjs'
import { temporaryFolder } from '../../support/temporary-folder.mjs'
import { startSecuredBroker } from './broker.mjs'
import { PROGRAMS } from './programs.mjs'
import { attemptsOf, CLIENTS, MECHANISMS, topicOf } from './table.mjs'
import { checkTools } from './tools.mjs'

export async function checkSecured(tally) {
  const folder = temporaryFolder('kts-secured-')
  const broker = await startSecuredBroker({ folder, users: CLIENTS.map(({ id }) => id) })
  const due = []
  let log
  try {
    const checks = CLIENTS.map(async (client) => due.push(...(await checkClient(tally, client, broker, folder))))
    await Promise.all([...checks, checkTools(tally, broker)])
  } finally {
    log = await broker.stop()
  }
  await tally.check(`the broker logs ${due.length} refusals, each with listener, address and reason`, () =>
    findRefusals(log, due),
  )
}

/** One process makes all attempts of a client. Returns those of which the broker has something to log. */
async function checkClient(tally, client, broker, folder) {
  const lacks = (await client.lacks?.()) ?? {}
  for (const [mechanism, reason] of Object.entries(lacks)) tally.skipped(`${client.name}: ${mechanism}`, reason)
  const rows = MECHANISMS.filter((mechanism) => !(mechanism in lacks)).map((mechanism) => ({
    mechanism,
    attempts: attemptsOf(client, mechanism),
  }))
  const attempts = rows.flatMap((row) => row.attempts)
  const outcomes = await makeAttempts(tally, client, attempts, broker, folder)
  if (!outcomes) return []
  for (const row of rows) {
    const cases = new Set(row.attempts.map((attempt) => attempt.case.name))
    await tally.check(`${client.name}: ${row.mechanism} (${[...cases].join(', ')})`, async () => {
      const faults = row.attempts.flatMap((attempt) => faultOf(attempt, outcomes[attempts.indexOf(attempt)], client))
      if (faults.length > 0) throw new Error(faults.join('; '))
    })
  }
  return attempts.filter((attempt) => attempt.case.reason)
}

async function makeAttempts(tally, { id, name }, attempts, broker, folder) {
  const file = join(folder, `${id}.json`)
  writeFileSync(file, JSON.stringify(attempts.map((attempt, index) => describe(attempt, index, broker))))
  try {
    return await (await PROGRAMS[id]())(file)
  } catch (error) {
    if (error instanceof Missing) tally.skipped(`${name}: secured listeners`, error.message, MECHANISMS.length)
    else tally.failed(`${name}: secured listeners`, error.message)
    return undefined
  }
}

/** What a program is told of an attempt; files are told by their paths. */
function describe({ listener, protocol, mechanism, ...attempt }, index, { addresses, secrets }) {
  const { user, password, topic, token, authority, identity } = attempt
  return {
    name: `${mechanism} at ${listener}, ${attempt.case.name}`,
    server: addresses[listener],
    protocol,
    topic: topicOf(topic),
    value: `record ${index}`,
    ...(protocol.endsWith('SSL') && { authority: secrets.authorities[authority] }),
    ...(mechanism === 'client certificate' && identity && { identity: secrets.identities[identity][user] }),
    ...(protocol.startsWith('SASL') && { mechanism, user, password }),
    ...(mechanism === 'OAUTHBEARER' && {
      token: secrets.tokenOf(user, token),
      tokenFile: secrets.tokenFileOf(user, token),
      tokenUrl: secrets.tokenUrlOf(user, token),
    }),
  }
}

/** `outcome`: `{ error }`, null for a record that was written and read again. */
function faultOf({ case: { name, error: kind }, listener }, outcome, { errors }) {
  const what = `${name} at ${listener}`
  if (!outcome) return [`${what}: the program did not say how it went`]
  const { error } = outcome
  if (kind === undefined) return error === null ? [] : [`${what}: ${error}`]
  if (error === null) return [`${what}: it was let in`]
  return errors[kind].test(error) ? [] : [`${what}: ${error}`]
}

/** The same reason of the same address is told once in ten seconds, and so once for several clients. */
function findRefusals(log, attempts) {
  const patterns = attempts.map(
    (attempt) =>
      `: ${attempt.listener}: closed the connection of /127\\.0\\.0\\.1: .*(${attempt.case.reason(attempt)})`,
  )
  const missing = [...new Set(patterns)].filter((pattern) => !new RegExp(pattern).test(log))
  if (missing.length > 0) throw new Error(`nothing like ${missing.join(', nothing like ')} in\n${log}`)
  const secret = /\w+-secret|wrong-password|eyJ\w+/.exec(log)
  if (secret) throw new Error(`the log tells ${secret[0]}`)
}
