/* One port for HTTPS and HTTP, and callers that keep it waiting. */
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { request as httpRequest, type IncomingMessage, type Server } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect as connectTls } from 'node:tls'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { initializeTls, tlsFiles } from '../../tls/index.ts'
import { createPortServer, type TlsCredential } from './one-port.ts'
import { limitWaiting } from './waiting-callers.ts'
import { isLoopbackAddress } from './loopback-address.ts'

const data = mkdtempSync(join(tmpdir(), 'muster-port-'))
let credential: TlsCredential = { cert: '', key: '' }
let authority = ''
const opened: Server[] = []
const sockets: Socket[] = []

async function fresh(name: string): Promise<TlsCredential> {
  await initializeTls({ data, names: [name], now: Date.now() })
  const files = tlsFiles(data)
  authority = readFileSync(files.authority, 'utf8')
  return { cert: readFileSync(files.certificate, 'utf8'), key: readFileSync(files.key, 'utf8') }
}

beforeAll(async () => {
  credential = await fresh('first.example')
})
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy()
  for (const server of opened.splice(0)) {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
})
afterAll(() => {
  rmSync(data, { recursive: true, force: true })
})

async function listening(tls = true): Promise<number> {
  const server = createPortServer(
    (request, response) => {
      request.resume()
      const isSecure = 'encrypted' in request.socket
      request.on('end', () => response.end(`${isSecure ? 'https' : 'http'} ${request.url ?? ''}`))
    },
    tls ? { credential: () => credential, isFor: () => true } : undefined,
  )
  opened.push(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

async function asked(scheme: 'http' | 'https', port: number, body?: string): Promise<string> {
  const options = {
    port,
    host: '127.0.0.1',
    path: '/a',
    method: body === undefined ? 'GET' : 'POST',
    agent: false as const,
  }
  const request = scheme === 'http' ? httpRequest(options) : httpsRequest({ ...options, ca: authority })
  request.end(body)
  const [answer] = (await once(request, 'response')) as [IncomingMessage]
  let text = ''
  for await (const chunk of answer) text += String(chunk)
  return text
}

function plainSocket(port: number): Socket {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => undefined)
  sockets.push(socket)
  return socket
}

describe('the first byte decides', () => {
  test('HTTPS and HTTP are answered on the same port, with bodies larger than one read', async () => {
    const port = await listening()
    const body = 'x'.repeat(300_000)
    expect(await asked('https', port)).toBe('https /a')
    expect(await asked('http', port)).toBe('http /a')
    expect(await asked('https', port, body)).toBe('https /a')
    expect(await asked('http', port, body)).toBe('http /a')
  })

  test('a first byte that comes alone decides as well', async () => {
    const port = await listening()
    const socket = plainSocket(port)
    await once(socket, 'connect')
    socket.setNoDelay(true)
    socket.write('G')
    await new Promise((resolve) => setImmediate(resolve))
    socket.write('ET /b HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n')
    let text = ''
    for await (const chunk of socket) text += String(chunk)
    expect(text).toMatch(/^HTTP\/1\.1 200 OK[\s\S]*http \/b/)
  })

  test('a certificate that is renewed is served to the next caller', async () => {
    const port = await listening()
    const nameServed = async (): Promise<string | undefined> => {
      const socket = connectTls({ port, host: '127.0.0.1', ca: authority })
      sockets.push(socket)
      await once(socket, 'secureConnect')
      return socket.getPeerCertificate().subjectaltname
    }
    expect(await nameServed()).toContain('first.example')
    credential = await fresh('second.example')
    expect(await nameServed()).toContain('second.example')
  })

  test('a handshake that is none ends the connection, and the next caller is served', async () => {
    const port = await listening()
    const socket = plainSocket(port)
    socket.write(Buffer.from([0x16, 9, 9, 0, 5, 1, 2, 3, 4, 5]))
    await once(socket, 'close')
    expect(await asked('https', port)).toBe('https /a')
  })

  test('without a certificate HTTPS is not spoken, and HTTP is', async () => {
    const port = await listening(false)
    expect(await asked('http', port)).toBe('http /a')
    await expect(asked('https', port)).rejects.toThrow()
  })

  test('closing ends connections of both kinds', async () => {
    const port = await listening()
    const secure = connectTls({ port, host: '127.0.0.1', ca: authority })
    secure.on('error', () => undefined)
    sockets.push(secure)
    await once(secure, 'secureConnect')
    secure.write('GET /a HTTP/1.1\r\nHost: localhost\r\n\r\n')
    await once(secure, 'data')
    const plain = plainSocket(port)
    plain.write('GET /a HTTP/1.1\r\nHost: localhost\r\n\r\n')
    await once(plain, 'data')
    const [server] = opened.splice(0)
    const closed = new Promise((resolve) => server?.close(resolve))
    server?.closeAllConnections()
    await Promise.all([once(secure, 'close'), once(plain, 'close'), closed])
  })
})

test.each([
  ['127.0.0.1', true],
  ['127.8.9.1', true],
  ['::1', true],
  ['::ffff:127.0.0.1', true],
  ['10.0.0.1', false],
  ['::ffff:10.0.0.1', false],
  ['2001:db8::1', false],
  ['', false],
])('%s is of this machine: %s', (address, isOwn) => {
  expect(isLoopbackAddress(address)).toBe(isOwn)
})

describe('callers that keep the service waiting', () => {
  async function guarded(limits: Parameters<typeof limitWaiting>[0], answer = 'served'): Promise<number> {
    const server = createPortServer(
      (request, response) => {
        request.resume()
        request.on('end', () => response.end(answer))
      },
      undefined,
      limitWaiting(limits),
    )
    opened.push(server)
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return (server.address() as AddressInfo).port
  }

  test.each([
    ['say nothing', 500, ''],
    ['never end their headers', 10_000, 'GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: '],
    ['never end their body', 500, 'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{'],
    ['keep their connection for later', 500, 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'],
  ])('many that %s (%i) make room, the longest first, and everybody else is served', async (_, count, begun) => {
    const port = await guarded({ waitingMax: 50 })
    const slow = Array.from({ length: count }, () => plainSocket(port))
    for (const socket of slow) socket.resume()
    for (const socket of slow) if (socket.connecting) await once(socket, 'connect').catch(() => undefined)
    for (const socket of slow) if (begun !== '' && socket.writable) socket.write(begun)
    for (let at = 0; at < 20; at += 1) expect(await asked('http', port)).toBe('served')
    const [server] = opened
    const held = async (): Promise<number> =>
      await new Promise((resolve) => server?.getConnections((_error, count) => resolve(count)))
    await expect.poll(held, { timeout: 20_000 }).toBeLessThanOrEqual(50)
  })

  test('who does not take what was answered holds no more than there is room for', async () => {
    const port = await guarded({ untakenBytesMax: 20_000_000 }, 'x'.repeat(8_000_000))
    const slow = Array.from({ length: 12 }, () => plainSocket(port))
    const left = new Set(slow)
    for (const socket of slow) {
      socket.on('close', () => left.delete(socket))
      socket.pause()
      socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')
    }
    expect(await asked('http', port)).toHaveLength(8_000_000)
    // A connection that is cut off is noticed by whoever reads on.
    for (const socket of slow) socket.resume()
    await expect.poll(() => left.size, { timeout: 20_000 }).toBeLessThan(12)
  })
})
