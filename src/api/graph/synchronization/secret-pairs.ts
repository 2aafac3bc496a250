/*
 * Secrets as Graph names them, and which of them are settings of the job (graph-api.md 3.10): the scope, what becomes of whoever
 * leaves it, who is told, and how many may be removed.
 */
import type { JobSettings, SecretPair } from '../../../vocabulary/index.ts'
import { badRequest, type GraphProblem } from '../graph-problem.ts'
import { nameKey } from '../types/index.ts'

const secretKeys = [
  'None',
  'UserName',
  'Password',
  'SecretToken',
  'AppKey',
  'BaseAddress',
  'ClientIdentifier',
  'ClientSecret',
  'SingleSignOnType',
  'Sandbox',
  'Url',
  'Domain',
  'ConsumerKey',
  'ConsumerSecret',
  'TokenKey',
  'TokenExpiration',
  'Oauth2AccessToken',
  'Oauth2AccessTokenCreationTime',
  'Oauth2RefreshToken',
  'SyncAll',
  'InstanceName',
  'Oauth2ClientId',
  'Oauth2ClientSecret',
  'CompanyId',
  'UpdateKeyOnSoftDelete',
  'SynchronizationSchedule',
  'SystemOfRecord',
  'SandboxName',
  'EnforceDomain',
  'SyncNotificationSettings',
  'SkipOutOfScopeDeletions',
  'Oauth2AuthorizationCode',
  'Oauth2RedirectUri',
  'ApplicationTemplateIdentifier',
  'Oauth2TokenExchangeUri',
  'Oauth2AuthorizationUri',
  'AuthenticationType',
  'Server',
  'PerformInboundEntitlementGrants',
  'HardDeletesEnabled',
  'SyncAgentCompatibilityKey',
  'SyncAgentADContainer',
  'ValidateDomain',
  'TestReferences',
  'ConnectionString',
] as const

/** Stands where a value is, and is never the value. */
export const maskedValue = '*'

/** Longer than any token, shorter than what would hold the service up. */
const valueLengthMax = 20_000

/** Pairs with Graph's spelling of the keys; an empty value stays, and means that the key goes. */
export function readSecretPairs(value: unknown, name: string): readonly SecretPair[] {
  if (!Array.isArray(value)) throw unusable(name, 'a list of keys and values is expected')
  const pairs = (value as readonly unknown[]).map((item) => {
    const members = typeof item === 'object' && item !== null ? Object.entries(item) : []
    const of = new Map(
      members.filter(([key]) => !key.includes('@')).map(([key, each]) => [nameKey(key), each as unknown]),
    )
    const given = of.get('key')
    const key = secretKeys.find((each) => typeof given === 'string' && nameKey(each) === nameKey(given))
    if (key === undefined)
      throw unusable(
        name,
        // What stands there may be a secret that slipped into the wrong place.
        `${typeof given === 'string' && /^[A-Za-z]{1,40}$/.test(given) ? `'${given}'` : 'a pair has a key that'} is none of the keys: ${secretKeys.join(', ')}`,
      )
    const text = of.get('value') ?? ''
    if (typeof text !== 'string' || text.length > valueLengthMax || text.includes('\0'))
      throw unusable(name, `the value of '${key}' must be a text of at most ${String(valueLengthMax)} characters`)
    return { key, value: text }
  })
  const twice = pairs.find(({ key }, at) => pairs.findIndex((each) => each.key === key) !== at)
  if (twice !== undefined) throw unusable(name, `the key '${twice.key}' is given twice`)
  return pairs
}

/**
 * What was masked when it was read is meant as it is stored. Not for another address: nobody may send a secret there that he
 * could not read himself.
 */
export function withStored(pairs: readonly SecretPair[], stored: readonly SecretPair[]): readonly SecretPair[] {
  const valueOf = (of: readonly SecretPair[], key: string): string | undefined =>
    of.find((pair) => pair.key === key && pair.value !== '')?.value
  const before = valueOf(stored, 'BaseAddress')
  const given = valueOf(pairs, 'BaseAddress')
  const isElsewhere = (given === maskedValue ? before : given) !== before
  return pairs
    .filter(({ value }) => value !== '')
    .map(({ key, value }) => {
      if (value !== maskedValue) return { key, value }
      const known = valueOf(stored, key)
      if (known === undefined)
        throw unusable('value', `'${key}' is '${maskedValue}', which stands for the stored value, and none is stored`)
      if (isElsewhere)
        throw unusable(
          'value',
          `'${key}' is '${maskedValue}', and what is stored was given for another BaseAddress. Send the value itself`,
        )
      return { key, value: known }
    })
}

type Steering = Partial<
  Pick<JobSettings, 'syncAll' | 'skipOutOfScopeDeletions' | 'notifications' | 'deletionPrevention'>
>

/** What these pairs say of a job that has these settings; a key that is missing leaves its setting as it is. */
export function settingsIn(pairs: readonly SecretPair[], before: JobSettings): Steering {
  const valueOf = (key: (typeof secretKeys)[number]): string | undefined =>
    pairs.find((pair) => pair.key === key && pair.value !== '')?.value
  const [all, skips, telling] = [
    valueOf('SyncAll'),
    valueOf('SkipOutOfScopeDeletions'),
    valueOf('SyncNotificationSettings'),
  ]
  return {
    ...(all === undefined ? {} : { syncAll: truthOf('SyncAll', all) }),
    ...(skips === undefined ? {} : { skipOutOfScopeDeletions: truthOf('SkipOutOfScopeDeletions', skips) }),
    ...(telling === undefined ? {} : notificationsIn(telling, before)),
  }
}

function truthOf(key: string, value: string): boolean {
  const word = value.trim().toLowerCase()
  if (word !== 'true' && word !== 'false') throw unusable('value', `'${key}' is 'true' or 'false'`)
  return word === 'true'
}

/** JSON in a text: `{"Enabled":false,"Recipients":"","DeleteThresholdEnabled":false,"DeleteThresholdValue":500}`. */
function notificationsIn(text: string, { notifications, deletionPrevention }: JobSettings): Steering {
  const members = jsonMembers(text)
  const valueOf = (name: string): unknown => members.get(nameKey(name)) ?? undefined
  const truth = (name: string): boolean | undefined => {
    const value = valueOf(name)
    if (value === undefined) return undefined
    return truthOf(`SyncNotificationSettings.${name}`, typeof value === 'string' ? value : JSON.stringify(value))
  }
  const recipients = valueOf('Recipients')
  if (recipients !== undefined && typeof recipients !== 'string')
    throw unusable('value', "'SyncNotificationSettings.Recipients' is a text of mail addresses with commas between")
  const given = valueOf('DeleteThresholdValue')
  const threshold = given === undefined || given === '' ? undefined : Number(given)
  if (threshold !== undefined && !(Number.isInteger(threshold) && threshold >= 0))
    throw unusable('value', "'SyncNotificationSettings.DeleteThresholdValue' is a whole number, not below 0")
  const names = recipients
    ?.split(/[,;]/)
    .map((each) => each.trim())
    .filter((each) => each !== '')
  return {
    notifications: {
      ...notifications,
      isOn: truth('Enabled') ?? notifications.isOn,
      ...(names === undefined ? {} : { recipients: names.length === 0 ? null : names.join(', ') }),
    },
    deletionPrevention: {
      ...deletionPrevention,
      isOn: truth('DeleteThresholdEnabled') ?? deletionPrevention.isOn,
      ...(threshold === undefined ? {} : { threshold }),
    },
  }
}

function jsonMembers(text: string): ReadonlyMap<string, unknown> {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    throw unusable('value', '\'SyncNotificationSettings\' is a JSON object in a text, such as {"Enabled":true}')
  return new Map(Object.entries(json).map(([name, value]) => [nameKey(name), value as unknown]))
}

const unusable = (name: string, reason: string): GraphProblem =>
  badRequest(`Invalid value specified for property '${name}': ${reason}.`)
