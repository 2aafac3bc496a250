import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { clouds } from './clouds.ts'
import { readCertificate } from './credentials.ts'
import { createGraphTransport } from './transport.ts'

test('a link leaves as it came, and the whole answer comes back', async () => {
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (part: Buffer) => (body += part.toString()))
    request.on('end', () => {
      response.writeHead(200, { 'retry-after': '3' })
      response.end(`${request.method ?? ''} ${request.url ?? ''} ${body}`)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`
  const transport = createGraphTransport(4)
  const { signal } = new AbortController()
  const opaque = '/v1.0/users/delta()?$skiptoken=a%2Bb+c&x=(1)'
  const read = await transport.send({ method: 'GET', url: `${url}${opaque}`, headers: {} }, signal)
  expect(read).toMatchObject({ status: 200, body: `GET ${opaque} ` })
  expect(read.headers['retry-after']).toBe('3')
  const posted = await transport.send({ method: 'POST', url: `${url}/token`, headers: {}, body: 'a=b' }, signal)
  expect(posted.body).toBe('POST /token a=b')
  await transport.close()
  await new Promise((resolve) => server.close(resolve))
  await expect(transport.send({ method: 'GET', url, headers: {} }, signal)).rejects.toThrow()
})

test('each cloud has an authority and a Graph of its own, without a slash at the end', () => {
  expect(new Set(Object.values(clouds).map(({ graph }) => graph)).size).toBe(4)
  for (const { authority, graph } of Object.values(clouds))
    for (const url of [authority, graph]) expect(new URL(url).origin).toBe(url)
})

test.each([
  ['', 'no certificate was found'],
  ['-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----', 'no private key was found'],
  [
    '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----',
    'cannot be read',
  ],
])('a certificate file that is none says why (%#)', (pem, why) => {
  expect(() => readCertificate(pem)).toThrow(why)
  try {
    readCertificate(pem)
  } catch (error) {
    expect(String(error)).not.toContain('c2VjcmV0')
  }
})
