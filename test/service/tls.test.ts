/* `muster tls init`, `muster serve --tls` and the commands over HTTPS, as processes. */
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { checkServerIdentity } from 'node:tls'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { musterScript, startService } from '../builders/muster-service.ts'
import { createPrograms, type Ended } from '../builders/programs.ts'

const programs = createPrograms()
let data = ''
beforeEach(() => {
  data = programs.folder()
})
afterEach(() => programs.clear())

const muster = (environment: Readonly<Record<string, string>>, ...args: readonly string[]): Promise<Ended> =>
  programs.run(musterScript, args, { environment })

const init = (...args: readonly string[]): Promise<Ended> => muster({ MUSTER_DATA: data }, 'tls', 'init', ...args)

const authorityFile = (): string => join(data, 'tls', 'authority.pem')

async function get(url: string, host?: string): Promise<{ readonly status: number; readonly text: string }> {
  const headers = host === undefined ? {} : { host }
  const { hostname } = new URL(url)
  const asking = url.startsWith('https:')
    ? httpsRequest(url, {
        headers,
        ca: readFileSync(authorityFile(), 'utf8'),
        agent: false,
        checkServerIdentity: (_, certificate) => checkServerIdentity(hostname, certificate),
      })
    : httpRequest(url, { headers, agent: false })
  asking.end()
  const [answer] = (await once(asking, 'response')) as [IncomingMessage]
  let text = ''
  for await (const chunk of answer) text += String(chunk)
  return { status: answer.statusCode ?? 0, text }
}

test('without a certificate the start says what makes one', async () => {
  const { code, errors } = await muster({ MUSTER_DATA: data }, 'serve', '--tls', '--port', '0')
  expect(code).toBe(2)
  expect(errors).toContain('Make one with "muster tls init" in the same data folder')
})

test('a certificate is made, served on the port of HTTP, and the commands trust it by the data folder or the file', async () => {
  const made = await init('--name', 'muster.example.com')
  expect(made.output).toContain(`curl --cacert ${authorityFile()}`)
  expect(made.output).toContain(`export NODE_EXTRA_CA_CERTS=${authorityFile()}`)
  const service = startService(programs, { data, args: ['--tls'] })
  const url = await service.url
  expect(url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/)
  expect(service.program.output()).toContain(`clients have to trust ${authorityFile()}`)

  const { port } = new URL(url)
  const overHttps = await get(`https://localhost:${port}/metadata/endpoints`)
  expect(JSON.parse(overHttps.text)).toMatchObject({ microsoftGraphResourceId: `https://localhost:${port}/` })
  const overHttp = await get(`http://localhost:${port}/metadata/endpoints`)
  expect(JSON.parse(overHttp.text)).toMatchObject({ microsoftGraphResourceId: `http://localhost:${port}/` })

  // Names of the certificate are answered, others lead here by DNS rebinding.
  const named = await get(`https://localhost:${port}/metadata/endpoints`, `muster.example.com:${port}`)
  expect(JSON.parse(named.text)).toMatchObject({ portal: `https://muster.example.com:${port}` })
  const foreign = await get(`https://localhost:${port}/metadata/endpoints`, `other.example.com:${port}`)
  expect(foreign.status).toBe(403)

  for (const environment of [{ MUSTER_DATA: data }, { MUSTER_DATA: data, MUSTER_CA_FILE: authorityFile() }]) {
    const { code, output, errors } = await muster({ ...environment, MUSTER_URL: url }, 'status')
    expect({ code, errors }).toEqual({ code: 0, errors: '' })
    expect(output).toContain(`at ${url}`)
  }
  const untrusting = await muster({ MUSTER_URL: url }, 'status')
  expect(untrusting.code).toBe(2)
  expect(untrusting.errors).toMatch(/is refused.*MUSTER_CA_FILE.*Nothing was sent/)
})

test('a certificate that is renewed while the service runs is served to the next caller', async () => {
  await init()
  const service = startService(programs, { data, args: ['--tls'] })
  const { port } = new URL(await service.url)
  const renamed = `later.example:${port}`
  expect((await get(`https://localhost:${port}/metadata/endpoints`, renamed)).status).toBe(403)
  const { output } = await init('--name', 'later.example')
  expect(output).toContain('the authority is the one from before')
  await expect
    .poll(async () => (await get(`https://localhost:${port}/metadata/endpoints`, renamed)).status, {
      timeout: 20_000,
      interval: 200,
    })
    .toBe(200)
})

test('behind something that speaks HTTPS for it, links begin with the public address', async () => {
  await init()
  const service = startService(programs, { data, args: ['--public-url', 'https://muster.example.com'] })
  const answer = await get(`${await service.url}/metadata/endpoints`, 'muster.example.com')
  expect(JSON.parse(answer.text)).toMatchObject({ portal: 'https://muster.example.com' })
})

test('status names the files, the names and the end, and ends with 1 when the certificate has ended', async () => {
  const { output } = await init('--json')
  const made = JSON.parse(output) as { readonly certificate: { readonly names: readonly string[] } }
  expect(made.certificate.names).toEqual(['localhost', '127.0.0.1', '::1'])
  const { code, output: status } = await muster({ MUSTER_DATA: data }, 'tls', 'status', '--json')
  expect(code).toBe(0)
  expect(JSON.parse(status)).toMatchObject([
    { kind: 'certificate', file: join(data, 'tls', 'server.pem'), validity: 'valid', daysLeft: 396 },
    { kind: 'authority', file: authorityFile(), validity: 'valid' },
  ])
})

test('own certificates need both files, and a host for others needs HTTPS', async () => {
  const half = await muster({ MUSTER_DATA: data, MUSTER_TLS_KEY: 'k.pem' }, 'serve', '--tls', '--port', '0')
  expect(half).toMatchObject({ code: 2 })
  expect(half.errors).toContain('Only MUSTER_TLS_KEY is set')
  const open = await muster({ MUSTER_DATA: data }, 'serve', '--host', '0.0.0.0', '--port', '0')
  expect(open).toMatchObject({ code: 2 })
  expect(open.errors).toContain('start with --tls')
})

const address = Object.values(networkInterfaces())
  .flatMap((each) => each ?? [])
  .find(({ family, internal }) => family === 'IPv4' && !internal)?.address

test.skipIf(address === undefined)('other machines are answered over HTTPS, and told so over HTTP', async () => {
  await init('--name', String(address))
  const service = startService(programs, { data, args: ['--tls', '--host', '0.0.0.0'] })
  const { port } = new URL(await service.url)
  const secure = await get(`https://${String(address)}:${port}/metadata/endpoints`)
  expect(secure.status).toBe(200)
  const plain = await get(`http://${String(address)}:${port}/metadata/endpoints`)
  expect(plain.status).toBe(403)
  expect(plain.text).toContain('with https:// in front')
  // With the same settings the commands on the machine find it.
  const settings = { MUSTER_DATA: data, MUSTER_TLS: 'true', MUSTER_HOST: '0.0.0.0', MUSTER_PORT: port }
  expect(await muster(settings, 'status')).toMatchObject({ code: 0, errors: '' })
})
