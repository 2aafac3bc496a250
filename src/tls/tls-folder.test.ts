/* What `muster tls init` makes: an authority that stays, and certificates by it that are renewed. */
import { X509Certificate } from 'node:crypto'
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { factsOf, initializeTls, serveCertificate, TlsError, tlsFiles } from './index.ts'

const now = Date.parse('2026-11-26T12:00:00Z')
const dayMs = 86_400_000

let data = ''
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'muster-tls-'))
})
afterEach(() => {
  rmSync(data, { recursive: true, force: true })
})

const read = (path: string): string => readFileSync(path, 'utf8')
const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8)

describe('initializing', () => {
  test('the certificate is for the machine itself and the names that were given', async () => {
    const { files, server } = await initializeTls({
      data,
      names: ['muster.example.com', '10.0.0.7', '*.corp.example'],
      now,
    })
    expect(server.names).toEqual(['localhost', '127.0.0.1', '::1', 'muster.example.com', '10.0.0.7', '*.corp.example'])
    const facts = factsOf(read(files.certificate))
    for (const host of ['localhost', 'LOCALHOST', '127.0.0.1', '::1', '10.0.0.7', 'a.corp.example'])
      expect(facts.isFor(host)).toBe(true)
    for (const host of [
      'example.com',
      '10.0.0.8',
      'corp.example',
      'a.b.corp.example',
      '',
      ' ',
      'local\0host',
      'x'.repeat(9999),
    ])
      expect(facts.isFor(host)).toBe(false)
  })

  test('it is signed by the authority, holds 397 days, and may do nothing but serve', async () => {
    const { files, authority, server } = await initializeTls({ data, names: [], now })
    const certificate = new X509Certificate(read(files.certificate))
    const issuer = new X509Certificate(read(files.authority))
    expect(certificate.checkIssued(issuer)).toBe(true)
    expect(certificate.verify(issuer.publicKey)).toBe(true)
    expect([issuer.ca, certificate.ca]).toEqual([true, false])
    expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1'])
    expect(Math.round((server.expiresAt - now) / dayMs)).toBe(397)
    expect(Math.round((authority.expiresAt - now) / dayMs)).toBe(3650)
  })

  test('keys are for the owner alone, even where a file lay before', async () => {
    const { files } = await initializeTls({ data, names: [], now })
    chmodSync(files.key, 0o644)
    await initializeTls({ data, names: [], now })
    expect([files.key, files.authorityKey].map(modeOf)).toEqual(['600', '600'])
    expect(modeOf(files.folder)).toBe('700')
  })

  test('run again it renews the certificate and keeps the authority', async () => {
    const first = await initializeTls({ data, names: [], now })
    const before = read(first.files.authority)
    const second = await initializeTls({ data, names: ['later.example'], now: now + 300 * dayMs })
    expect([first.isAuthorityKept, second.isAuthorityKept]).toEqual([false, true])
    expect(read(second.files.authority)).toBe(before)
    expect(second.server.expiresAt).toBeGreaterThan(first.server.expiresAt)
    expect(second.server.names).toContain('later.example')
  })

  test('another authority is made only when that is asked for', async () => {
    const first = await initializeTls({ data, names: [], now })
    const second = await initializeTls({ data, names: [], now, isAuthorityNew: true })
    expect(second.authority.fingerprint).not.toBe(first.authority.fingerprint)
  })

  test('a certificate never holds longer than its authority, and an authority that has ended signs nothing', async () => {
    const { authority } = await initializeTls({ data, names: [], now })
    const late = await initializeTls({ data, names: [], now: authority.expiresAt - 5 * dayMs })
    expect(late.server.expiresAt).toBe(authority.expiresAt)
    await expect(initializeTls({ data, names: [], now: authority.expiresAt })).rejects.toThrow(
      /has ended.*--new-authority/s,
    )
  })

  test.each([
    [
      'a key that does not fit',
      (files: ReturnType<typeof tlsFiles>) => {
        writeFileSync(files.authorityKey, read(files.key))
      },
      /does not fit/,
    ],
    [
      'a key that is none',
      (files: ReturnType<typeof tlsFiles>) => {
        writeFileSync(files.authorityKey, 'nothing')
      },
      /cannot be read/,
    ],
    [
      'no key',
      (files: ReturnType<typeof tlsFiles>) => {
        rmSync(files.authorityKey)
      },
      /only the certificate is there/,
    ],
  ])('an authority with %s is refused, and what is there stays', async (_, harm, message) => {
    const { files } = await initializeTls({ data, names: [], now })
    const certificate = read(files.certificate)
    harm(files)
    await expect(initializeTls({ data, names: [], now })).rejects.toThrow(message)
    expect(read(files.certificate)).toBe(certificate)
  })
})

describe('serving', () => {
  async function serving(): Promise<{
    readonly files: ReturnType<typeof tlsFiles>
    readonly served: ReturnType<typeof serveCertificate>
    readonly warnings: string[]
    readonly clock: { now: number }
  }> {
    const { files } = await initializeTls({ data, names: [], now })
    const clock = { now }
    const warnings: string[] = []
    const served = serveCertificate({ files, now: () => clock.now, warn: (event) => void warnings.push(event) })
    return { files, served, warnings, clock }
  }

  test('a renewed certificate is served without a restart', async () => {
    const { files, served, clock, warnings } = await serving()
    const before = served.credential()
    expect(served.credential()).toBe(before)
    await initializeTls({ data, names: ['later.example'], now })
    clock.now += 1000
    expect(served.credential().cert).toBe(read(files.certificate))
    expect(served.facts().isFor('later.example')).toBe(true)
    expect(warnings).toEqual([])
  })

  test('half of a new pair is not served: the one before goes on, and it is said once', async () => {
    const { files, served, clock, warnings } = await serving()
    const before = served.credential()
    writeFileSync(files.key, read(files.authorityKey))
    clock.now += 1000
    expect(served.credential()).toBe(before)
    clock.now += 1000
    expect(served.credential()).toBe(before)
    expect(warnings).toEqual(['the certificate has changed, and the one before is served on'])
  })

  test('it is said once a day that it ends soon, and then that it has ended', async () => {
    const { served, clock, warnings } = await serving()
    clock.now = served.facts().expiresAt - 31 * dayMs
    served.credential()
    expect(warnings).toEqual([])
    clock.now += 2 * dayMs
    served.credential()
    served.credential()
    clock.now += dayMs
    served.credential()
    clock.now += 30 * dayMs
    served.credential()
    expect(warnings.map((each) => /^the certificate (ends soon|has ended)/.exec(each)?.[1])).toEqual([
      'ends soon',
      'ends soon',
      'has ended',
    ])
  })

  test('without a certificate it says what makes one', () => {
    const files = tlsFiles(join(data, 'empty'))
    const serve = (): unknown => serveCertificate({ files, now: () => now, warn: () => undefined })
    expect(serve).toThrow(TlsError)
    expect(serve).toThrow(/muster tls init/)
  })
})
