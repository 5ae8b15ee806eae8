// kcat makes one attempt a process: it is not a program that could go through them all.
import { readFileSync } from 'node:fs'
import { run } from '../../support/processes.mjs'
import { Missing } from '../../support/tally.mjs'
import { isKcatInstalled } from '../kcat.mjs'

/** What it says of a wrong secret it says at once, and then tries on until then. */
const SETTINGS = { 'message.timeout.ms': 3000, acks: 'all' }
const LIMIT_S = 30
const AT_ONCE = 4

export async function attemptWithKcat(file) {
  if (!(await isKcatInstalled())) throw new Missing('kcat is not installed')
  const attempts = JSON.parse(readFileSync(file, 'utf8'))
  const outcomes = []
  let next = 0
  const lane = async () => {
    for (let at = next++; at < attempts.length; at = next++) outcomes[at] = { error: await errorOf(attempts[at]) }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, lane))
  return outcomes
}

/** The mechanisms that this kcat does not speak, each with the reason. */
export async function mechanismsKcatLacks() {
  if (!(await isKcatInstalled())) return {}
  const { stdout } = await run('kcat', ['-V'])
  const [, version, features] = /librdkafka ([\d.]+) builtin\.features=(\S+?)\)/.exec(stdout)
  const [major, minor, patch] = version.split('.').map(Number)
  const isBefore261 = major * 10_000 + minor * 100 + patch < 20_601
  const scram = `librdkafka ${version} sends a nonce that Kafka 4 does not take (2.6.1 mends it)`
  return {
    ...(isBefore261 && { 'SCRAM-SHA-256': scram, 'SCRAM-SHA-512': scram }),
    ...(!/\boidc\b/.test(features) && { OAUTHBEARER: 'its build has no OIDC' }),
  }
}

/** Null for a record that was written and read again. */
async function errorOf(attempt) {
  const { server, topic, value, name } = attempt
  const settings = Object.entries(settingsOf(attempt)).flatMap(([key, text]) => ['-X', `${key}=${text}`])
  const place = ['-b', server, '-t', topic, ...settings]
  try {
    await run('kcat', ['-P', ...place, '-k', name, '-H', `attempt=${name}`], { limitS: LIMIT_S, input: value })
    const options = ['-o', 'beginning', '-e', '-q', '-f', '%k|%s|%h\\n']
    const { stdout } = await run('kcat', ['-C', ...place, ...options], { limitS: LIMIT_S })
    const wanted = `${name}|${value}|attempt=${name}`
    return stdout.split('\n').includes(wanted) ? null : `${wanted} was not read, but ${stdout}`
  } catch (error) {
    return error.outcome?.stderr ?? error.message
  }
}

const settingsOf = ({ protocol, mechanism, user, password, tokenUrl, authority, identity }) => ({
  ...SETTINGS,
  'security.protocol': protocol,
  ...(mechanism && { 'sasl.mechanism': mechanism, 'sasl.username': user, 'sasl.password': password }),
  ...(tokenUrl && {
    'sasl.oauthbearer.method': 'oidc',
    'sasl.oauthbearer.token.endpoint.url': tokenUrl,
    'sasl.oauthbearer.client.id': user,
    'sasl.oauthbearer.client.secret': password,
  }),
  ...(authority && { 'ssl.ca.location': authority }),
  ...(identity && { 'ssl.certificate.location': identity, 'ssl.key.location': identity }),
})
