/*
 * Another master key seals from now on, everything is sealed again with it, and only then old keys are let go. A rotation
 * that was stopped goes on with the key it had made.
 */
import type { SecretStore } from '../store/store.ts'
import type { KeyRotationReport, KeysReport } from '../vocabulary/index.ts'
import type { Keyring } from './keyring.ts'
import { findMasterKeys, writeKeyFile, type KeyPlaces } from './key-sources.ts'
import { newMasterKey } from './master-key.ts'
import { sealAgain } from './seal-again.ts'

export interface MasterKeys {
  report(): Promise<KeysReport>
  /** `null`: the key comes from elsewhere, and there is none but the one that sealed everything. */
  rotate(request: { readonly keepOld: boolean }): Promise<KeyRotationReport | null>
}

export function createMasterKeys(store: SecretStore, keyring: Keyring, places: KeyPlaces): MasterKeys {
  async function report(): Promise<KeysReport> {
    const { keys, origins } = await findMasterKeys(places)
    const counts = new Map((await store.countByKey()).map(({ keyId, count }) => [keyId, count]))
    const known = [...new Set([...keyring.keyIds(), ...keys.map(({ id }) => id), ...counts.keys()])]
    return {
      keys: known.map((keyId) => ({
        keyId,
        isSealing: keyId === keyring.sealsWith(),
        origin: origins.get(keyId) ?? null,
        sealed: counts.get(keyId) ?? 0,
      })),
    }
  }

  async function rotate({ keepOld }: { readonly keepOld: boolean }): Promise<KeyRotationReport | null> {
    const found = await findMasterKeys(places)
    let { keys } = found
    const isOurs = found.origin === 'file'
    const isLeft = async (): Promise<boolean> => (await store.countByKey()).some(({ keyId }) => keyId !== keys[0]?.id)
    const isNew = isOurs && !(await isLeft())
    if (isNew) {
      keys = [newMasterKey(), ...keys]
      writeKeyFile(places.file, keys)
    } else if (!isOurs && !(await isLeft())) return null
    keyring.change(keys)
    const resealed = await sealAgain(store, keyring)
    const used = new Set((await store.countByKey()).map(({ keyId }) => keyId))
    const keyId = keyring.sealsWith()
    const idle = keys.filter(({ id }) => id !== keyId && !used.has(id))
    if (isOurs && !keepOld) {
      keys = keys.filter((key) => !idle.includes(key))
      writeKeyFile(places.file, keys)
      keyring.change(keys)
    }
    const inFile = new Set((isOurs && !keepOld ? keys : found.inFile).map(({ id }) => id))
    return {
      keyId,
      isNew,
      resealed,
      retired: idle.map(({ id }) => ({ keyId: id, isInFile: inFile.has(id) })),
    }
  }

  let running: Promise<KeyRotationReport | null> | null = null
  return {
    report,
    // Of two at once the second one is the first one.
    rotate: (request) => {
      running ??= rotate(request).finally(() => {
        running = null
      })
      return running
    },
  }
}
