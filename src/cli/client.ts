/* Talks to the service over HTTP and turns its problems into messages. */
import { userInfo } from 'node:os'
import { Pool, type Dispatcher } from 'undici'
import type { Settings } from '../settings.ts'
import { isLoopbackName } from '../vocabulary/index.ts'
import { findCredentials } from './credentials.ts'
import { CommandError, exitCodes } from './exit-codes.ts'
import { connectOptions, refusedCertificate } from './trust.ts'

export interface ServiceClient {
  readonly url: string
  get<T>(path: string): Promise<T>
  /** The body as it is. */
  text(path: string): Promise<string>
  send<T>(method: 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: unknown): Promise<T>
  upload<T>(path: string, files: readonly { readonly name: string; readonly content: Buffer }[]): Promise<T>
  /** Lines of JSON as they arrive; with a body they are asked for by POST. */
  lines<T>(path: string, body?: unknown): AsyncIterable<T>
  /** The body as it arrives. */
  chunks(path: string, headers: Readonly<Record<string, string>>): AsyncIterable<string>
  close(): Promise<void>
}

interface ProblemBody {
  readonly error?: { readonly code?: string; readonly message?: string; readonly innerError?: Record<string, unknown> }
}

function asProblem(text: string): ProblemBody {
  try {
    const body: unknown = JSON.parse(text)
    return typeof body === 'object' && body !== null ? body : {}
  } catch {
    // What answers is not Muster, or a proxy stands between: the caller gets the status instead.
    return {}
  }
}

function toCommandError(status: number, text: string, url: string): CommandError {
  const { error } = asProblem(text)
  const message = error?.message ?? `${url} answered with status ${String(status)} and no reason: is it Muster?`
  const details = error?.innerError ?? {}
  const exitCode =
    error?.code === 'itemNotFound' || error?.code === 'nameNotUnique'
      ? exitCodes.notFound
      : error?.code === 'tooManyRemovals'
        ? exitCodes.notConfirmed
        : status === 422 || status === 400
          ? exitCodes.cannotBegin
          : exitCodes.failed
  return new CommandError(exitCode, message, details)
}

/** On this machine HTTP is answered whether or not HTTPS is on, and no certificate has to be trusted for it. */
export function serviceUrl({ url, host, port, tls }: Settings): string {
  if (url !== undefined) return url
  const name = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host
  const scheme = tls && !isLoopbackName(name) ? 'https' : 'http'
  return `${scheme}://${name.includes(':') ? `[${name}]` : name}:${String(port)}`
}

/** Who runs the command, for the audit log: the user of this machine. */
function operatorName(): string {
  try {
    return userInfo().username
  } catch (error) {
    // A container may run under a number without a name.
    if (error instanceof Error && 'code' in error) return `user ${String(process.getuid?.() ?? 'unknown')}`
    throw error
  }
}

const withBody = (body: unknown): Partial<Dispatcher.RequestOptions> =>
  body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }

const brokenOff = (): CommandError =>
  new CommandError(
    exitCodes.failed,
    'The service broke its answer off in the middle. Look at what it printed, then try again.',
  )

export function connect(settings: Settings): ServiceClient {
  const url = serviceUrl(settings)
  const operator = encodeURIComponent(operatorName())
  const pool = new Pool(url, {
    connections: 4,
    bodyTimeout: 0,
    headersTimeout: 0,
    connect: connectOptions(settings, url),
  })

  const credentials = findCredentials(url, settings, async (path, form) => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    const answer = await requestOnce({ method: 'POST', path, headers, body: form })
    return { status: answer.statusCode, text: await answer.body.text() }
  })

  /** What there is to show is shown, until it is taken. */
  async function request(options: Dispatcher.RequestOptions): Promise<Dispatcher.ResponseData> {
    for (;;) {
      const authorization = await credentials.authorization()
      const known = authorization === null ? {} : { authorization }
      const answer = await requestOnce({ ...options, headers: { ...options.headers, ...known } })
      if (answer.statusCode !== 401) return answer
      const why = credentials.refused(asProblem(await answer.body.text()).error?.message ?? '')
      if (why !== null) throw new CommandError(exitCodes.cannotBegin, why)
    }
  }

  async function requestOnce(options: Dispatcher.RequestOptions): Promise<Dispatcher.ResponseData> {
    try {
      return await pool.request({ ...options, headers: { ...options.headers, 'muster-operator': operator } })
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? 'unknown'
      if (code === 'ECONNREFUSED' || code === 'UND_ERR_CONNECT_TIMEOUT' || code === 'ENOTFOUND') {
        throw new CommandError(
          exitCodes.cannotBegin,
          `No service answers at ${url} (${code}). Start it with "npm start" or "muster serve", or say where it is with --url or MUSTER_PORT.`,
        )
      }
      const refused = refusedCertificate(code, error, url)
      if (refused !== null) throw new CommandError(exitCodes.cannotBegin, refused)
      throw new CommandError(
        exitCodes.failed,
        `The service at ${url} broke the connection off (${code}). Look at what it printed, then try again.`,
      )
    }
  }

  async function readText(answer: Dispatcher.ResponseData): Promise<string> {
    const text = await answer.body.text()
    if (answer.statusCode >= 400) throw toCommandError(answer.statusCode, text, url)
    return text
  }

  async function read<T>(answer: Dispatcher.ResponseData): Promise<T> {
    return JSON.parse(await readText(answer)) as T
  }

  /** Text as it arrives; an answer that breaks off throws. */
  async function* received(options: Dispatcher.RequestOptions): AsyncGenerator<string> {
    const answer = await request(options)
    if (answer.statusCode >= 400) throw toCommandError(answer.statusCode, await answer.body.text(), url)
    answer.body.setEncoding('utf8')
    try {
      for await (const chunk of answer.body) yield String(chunk)
    } catch (error) {
      if (answer.body.errored === null) throw error
      throw brokenOff()
    }
  }

  return {
    url,
    get: async (path) => await read(await request({ method: 'GET', path })),
    send: async (method, path, body) => await read(await request({ method, path, ...withBody(body) })),
    text: async (path) => await readText(await request({ method: 'GET', path })),
    async upload(path, files) {
      const form = new FormData()
      for (const file of files) form.append('file', new Blob([new Uint8Array(file.content)]), file.name)
      const encoded = new Response(form)
      const body = Buffer.from(await encoded.arrayBuffer())
      const contentType = encoded.headers.get('content-type') ?? ''
      return await read(await request({ method: 'POST', path, headers: { 'content-type': contentType }, body }))
    },
    async *lines<T>(path: string, body?: unknown): AsyncIterable<T> {
      let rest = ''
      for await (const chunk of received({ method: body === undefined ? 'GET' : 'POST', path, ...withBody(body) })) {
        const parts = (rest + chunk).split('\n')
        rest = parts.pop() ?? ''
        for (const part of parts) yield JSON.parse(part) as T
      }
      if (rest !== '') throw brokenOff()
    },
    chunks: (path, headers) => received({ method: 'GET', path, headers }),
    close: async () => {
      await pool.close()
    },
  }
}
