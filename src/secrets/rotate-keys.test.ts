/* Rotation: nothing is lost, wherever it is stopped. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openSqliteStore } from '../store/index.ts'
import type { SecretStore, Store } from '../store/store.ts'
import { createKeyring } from './keyring.ts'
import { findMasterKeys, makeKeyFile, readKeyFile, writeKeyFile, type KeyPlaces } from './key-sources.ts'
import { masterKeyText, newMasterKey } from './master-key.ts'
import { createMasterKeys } from './rotate-keys.ts'
import { createSecretBox } from './secret-box.ts'

let folder: string
let store: Store
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'muster-rotate-'))
  store = await openSqliteStore({ file: ':memory:' })
})
afterEach(async () => {
  await store.close()
  rmSync(folder, { recursive: true })
})

/** As a process finds it at its start. */
async function opened(more: Partial<KeyPlaces> = {}, secretStore: SecretStore = store.secrets) {
  const places = { file: join(folder, 'master.key'), given: undefined, command: undefined, ...more }
  const { keys } = await findMasterKeys(places)
  const keyring = createKeyring(keys.length === 0 ? makeKeyFile(places.file) : keys)
  return {
    keyring,
    box: createSecretBox(secretStore, keyring),
    keys: createMasterKeys(secretStore, keyring, places),
    file: () => (readKeyFile(places.file) ?? []).map(({ id }) => id),
  }
}

type Opened = Awaited<ReturnType<typeof opened>>

async function fill({ box }: Opened, owners: number): Promise<void> {
  for (let owner = 0; owner < owners; owner += 1)
    await box.replace(`owner ${String(owner)}`, [{ key: 'SecretToken', value: `xoxp-${String(owner)}` }])
}

async function expectAllThere({ box }: Opened, owners: number): Promise<void> {
  for (let owner = 0; owner < owners; owner += 1)
    expect(await box.get(`owner ${String(owner)}`, 'SecretToken')).toBe(`xoxp-${String(owner)}`)
}

describe('keys rotate', () => {
  it('makes a new key, seals everything again and lets the old key go', async () => {
    const first = await opened()
    await fill(first, 450)
    const [old = ''] = first.file()
    const report = await first.keys.rotate({ keepOld: false })
    expect(report).toEqual({
      keyId: first.keyring.sealsWith(),
      isNew: true,
      resealed: 450,
      retired: [{ keyId: old, isInFile: false }],
    })
    expect(report?.keyId).not.toBe(old)
    expect(first.file()).toEqual([report?.keyId])
    expect(await store.secrets.countByKey()).toEqual([{ keyId: report?.keyId, count: 450 }])
    await expectAllThere(first, 450)
    await expectAllThere(await opened(), 450)
  })

  it('keeps old keys in the file when told so', async () => {
    const first = await opened()
    await fill(first, 3)
    const [old] = first.file()
    const report = await first.keys.rotate({ keepOld: true })
    expect(report?.retired).toEqual([{ keyId: old, isInFile: true }])
    expect(first.file()).toEqual([report?.keyId, old])
  })

  it('goes on where it was stopped, with the key it had made, and loses nothing', async () => {
    const first = await opened()
    await fill(first, 450)
    let pages = 0
    const stopping: SecretStore = {
      ...store.secrets,
      reseal: async (changes) => {
        pages += 1
        if (pages === 2) throw new Error('the power is gone')
        return await store.secrets.reseal(changes)
      },
    }
    await expect((await opened({}, stopping)).keys.rotate({ keepOld: false })).rejects.toThrow('the power is gone')
    const again = await opened()
    expect(again.file()).toHaveLength(2)
    await expectAllThere(again, 450)
    expect(await again.keys.rotate({ keepOld: false })).toMatchObject({ isNew: false, resealed: 250 })
    expect(again.file()).toHaveLength(1)
    await expectAllThere(await opened(), 450)
  })

  it('leaves alone what is changed while it runs', async () => {
    const first = await opened()
    await fill(first, 3)
    const meddling: SecretStore = {
      ...store.secrets,
      reseal: async (changes) => {
        if (changes.length === 3) await first.box.replace('owner 1', [{ key: 'SecretToken', value: 'newer' }])
        return await store.secrets.reseal(changes)
      },
    }
    const rotating = await opened({}, meddling)
    expect(await rotating.keys.rotate({ keepOld: false })).toMatchObject({ resealed: 3 })
    expect(await rotating.box.get('owner 1', 'SecretToken')).toBe('newer')
    expect(rotating.file()).toHaveLength(1)
  })

  it('moves everything to a key of the environment, and makes none there', async () => {
    const first = await opened()
    await fill(first, 2)
    const given = newMasterKey()
    const moved = await opened({ given: masterKeyText(given) })
    expect(await moved.keys.rotate({ keepOld: false })).toMatchObject({ keyId: given.id, isNew: false, resealed: 2 })
    expect(moved.file()).toHaveLength(1)
    await expectAllThere(moved, 2)
    expect(await moved.keys.rotate({ keepOld: false })).toBeNull()
  })

  it('tells how many secrets each key seals, and never a key', async () => {
    const [one, two] = [newMasterKey(), newMasterKey()]
    writeKeyFile(join(folder, 'master.key'), [two, one])
    await createSecretBox(store.secrets, createKeyring([one])).replace('a', [{ key: 'SecretToken', value: 'x' }])
    await createSecretBox(store.secrets, createKeyring([newMasterKey()])).replace('b', [{ key: 'x', value: 'y' }])
    const report = await (await opened()).keys.report()
    expect(report.keys).toMatchObject([
      { keyId: two.id, isSealing: true, origin: 'file', sealed: 0 },
      { keyId: one.id, isSealing: false, origin: 'file', sealed: 1 },
      { isSealing: false, origin: null, sealed: 1 },
    ])
    for (const word of readFileSync(join(folder, 'master.key'), 'utf8')
      .split(/\s+/)
      .filter((each) => each.length > 40))
      expect(JSON.stringify(report)).not.toContain(word)
  })
})
