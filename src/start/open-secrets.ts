/*
 * Finds the master key, or makes it at the first start, and proves that it opens what the database holds: a start with
 * another key would lose secrets one by one, whenever one of them is needed.
 */
import { join } from 'node:path'
import {
  createKeyring,
  createMasterKeys,
  createSecretBox,
  findMasterKeys,
  makeKeyFile,
  MasterKeyError,
  readKeyFile,
  type KeyPlaces,
  type MasterKeys,
  type SecretBox,
} from '../secrets/index.ts'
import { ServiceStartError } from '../service-error.ts'
import type { Settings } from '../settings.ts'
import type { Store } from '../store/store.ts'

export interface OpenSecrets {
  readonly secrets: SecretBox
  readonly keys: MasterKeys
}

/** The owner of what proves the key of an installation that has no secret yet. */
const ownName = 'muster'
const secretsNamedMax = 5

/** `abandon` is the id of a key that is lost: what is sealed with it is deleted. Throws `ServiceStartError`. */
export async function openSecrets(store: Store, settings: Settings, abandon?: string): Promise<OpenSecrets> {
  const places: KeyPlaces = {
    file: join(settings.data, 'master.key'),
    given: settings.masterKey,
    command: settings.masterKeyCommand,
  }
  try {
    return await open(store, places, abandon)
  } catch (error) {
    if (error instanceof MasterKeyError) throw new ServiceStartError(`${error.message} Nothing was changed.`)
    throw error
  }
}

async function open(store: Store, places: KeyPlaces, abandon: string | undefined): Promise<OpenSecrets> {
  const found = await findMasterKeys(places)
  if (abandon !== undefined && !found.keys.some(({ id }) => id === abandon))
    await store.secrets.removeSealedWith(abandon)
  await refuseMissingKey(
    store,
    found.keys.map(({ id }) => id),
    found.looked,
  )
  const keys = found.keys.length === 0 ? makeKeyFile(places.file) : found.keys
  const keyring = createKeyring(keys, () => readKeyFile(places.file) ?? [])
  const secrets = createSecretBox(store.secrets, keyring)
  const known = await secrets.read(ownName)
  if (known.pairs.length === 0) await secrets.replaceIf(ownName, known, [{ key: 'keyCheck', value: 'sealed' }])
  // Of two processes that start for the first time, each with a key of its own, one gives way here.
  await refuseMissingKey(store, keyring.keyIds(), found.looked)
  return { secrets, keys: createMasterKeys(store.secrets, keyring, places) }
}

async function refuseMissingKey(store: Store, keyIds: readonly string[], looked: readonly string[]): Promise<void> {
  const missing = (await store.secrets.countByKey()).filter(({ keyId }) => !keyIds.includes(keyId))
  const [first] = missing
  if (first === undefined) return
  const count = missing.reduce((sum, each) => sum + each.count, 0)
  const [key, keys] = [missing.length === 1 ? 'the key' : 'the keys', missing.map(({ keyId }) => keyId).join(', ')]
  throw new ServiceStartError(
    `The database holds ${String(count)} ${count === 1 ? 'secret' : 'secrets'} sealed with ${key} ${keys} (${await namesOf(store, keyIds, count)}), and ${missing.length === 1 ? 'it is' : 'they are'} not here: ${looked.join(', ')}. ` +
      `Nothing was changed. Put back the master.key that belongs to this database, or set MUSTER_MASTER_KEY to its key, and start again. ` +
      `If the key is lost for good, these secrets are lost with it and have to be entered anew; people, links, mappings and logs are not sealed and stay. Then start once with --abandon-secrets ${first.keyId}, which deletes what is sealed with that key.`,
  )
}

/** Whose secrets they are, as far as somebody would read it. */
async function namesOf(store: Store, keyIds: readonly string[], count: number): Promise<string> {
  const jobs = new Map(
    (await store.jobs.list()).map((job) => [job.servicePrincipalId, job.servicePrincipalDisplayName] as const),
  )
  const names: string[] = []
  const page = await store.secrets.notSealedWith(keyIds[0] ?? '', { after: null, limit: 200 })
  for (const { ownerId, name, keyId } of page) {
    if (keyIds.includes(keyId) || names.length === secretsNamedMax) continue
    names.push(`${name} of ${jobs.get(ownerId) ?? ownerId}`)
  }
  return names.join(', ') + (count > names.length ? ', ...' : '')
}
