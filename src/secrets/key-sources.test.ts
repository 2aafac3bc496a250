/* Where keys are found, and what is said when they are not. */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync, chmodSync, existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { findMasterKeys, makeKeyFile, writeKeyFile, type KeyPlaces } from './key-sources.ts'
import { masterKeyText, MasterKeyError, newMasterKey, readMasterKeys } from './master-key.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'muster-keys-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const places = (more: Partial<KeyPlaces> = {}): KeyPlaces => ({
  file: join(folder, 'data', 'master.key'),
  given: undefined,
  command: undefined,
  ...more,
})
const idsOf = (keys: readonly { readonly id: string }[]): readonly string[] => keys.map(({ id }) => id)
const [one, two, three] = [newMasterKey(), newMasterKey(), newMasterKey()]

async function refusalOf(more: Partial<KeyPlaces>): Promise<string> {
  try {
    await findMasterKeys(places(more))
  } catch (error) {
    if (error instanceof MasterKeyError) return error.message
    throw error
  }
  throw new Error('The keys were taken.')
}

describe('the key file', () => {
  it('is made for its owner alone, and found again', async () => {
    const made = makeKeyFile(places().file)
    expect(statSync(places().file).mode & 0o777).toBe(0o600)
    expect(existsSync(`${places().file}.new`)).toBe(false)
    expect(await findMasterKeys(places())).toMatchObject({ keys: made, origin: 'file' })
  })

  it('is never made over one that is there', () => {
    writeKeyFile(places().file, [two, one])
    expect(idsOf(makeKeyFile(places().file))).toEqual([two.id, one.id])
  })

  it('is closed to others when it was put back open', async () => {
    writeKeyFile(places().file, [one])
    chmodSync(places().file, 0o644)
    await findMasterKeys(places())
    expect(statSync(places().file).mode & 0o777).toBe(0o600)
  })

  it('that is empty or cut off is refused, not replaced', async () => {
    writeKeyFile(places().file, [one])
    const whole = readFileSync(places().file, 'utf8')
    for (const text of ['', '# nothing\n', whole.slice(0, -20)]) {
      writeFileSync(places().file, text)
      expect(await refusalOf({})).toMatch(/holds no key|is no key/)
      expect(readFileSync(places().file, 'utf8')).toBe(text)
    }
  })

  it('that is a folder, or cannot be made, is told with its path', async () => {
    expect(await refusalOf({ file: folder })).toMatch(/cannot be read \(EISDIR\)/)
    writeFileSync(join(folder, 'file'), '')
    expect(() => makeKeyFile(join(folder, 'file', 'master.key'))).toThrow(/cannot be written.*MUSTER_DATA/)
  })
})

describe('keys given elsewhere', () => {
  it('seal before the file, whose keys still open', async () => {
    writeKeyFile(places().file, [one])
    const found = await findMasterKeys(places({ given: `${masterKeyText(two)}, ${three.bytes.toString('hex')}` }))
    expect(idsOf(found.keys)).toEqual([two.id, three.id, one.id])
    expect(found.origin).toBe('environment')
  })

  it('come from a command', async () => {
    writeFileSync(join(folder, 'key'), `${masterKeyText(two)}\n`)
    expect(await findMasterKeys(places({ command: `cat ${join(folder, 'key')}` }))).toMatchObject({
      keys: [two],
      origin: 'command',
    })
  })

  it('that are none are refused without being repeated', async () => {
    for (const given of ['hunter2hunter2', `${masterKeyText(one)}A`, 'x'.repeat(42)]) {
      const message = await refusalOf({ given })
      expect(message).toMatch(/^Key 1 of 1 in The setting MUSTER_MASTER_KEY is no key.*openssl/)
      expect(message).not.toContain(given)
    }
  })

  it('that a command does not print are missed without what it wrote', async () => {
    const message = await refusalOf({ command: 'echo geheim; echo geheim >&2; exit 3' })
    expect(message).toMatch(/ended with 3/)
    expect(message).not.toContain('geheim')
    expect(await refusalOf({ command: 'true' })).toMatch(/printed holds no key/)
  })
})

it('a key is read in base64, base64url and hexadecimal as the same key', () => {
  for (let round = 0; round < 50; round += 1) {
    const { id, bytes } = newMasterKey()
    for (const form of ['base64', 'base64url', 'hex'] as const)
      expect(idsOf(readMasterKeys(`# remark\n${bytes.toString(form)}\n`, 'here'))).toEqual([id])
  }
})
