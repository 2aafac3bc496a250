/*
 * What a browser carries: the session of whoever is signed in, and a mark by which a form is known to be one of ours. The
 * session's secret is new at every sign-in, so that nobody can hand one to somebody else beforehand.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import {
  beginSession,
  endSession,
  sessionOf,
  type AccountPorts,
  type BrowserSession,
  type SignInMethod,
} from '../../accounts/index.ts'
import type { Account } from '../../vocabulary/index.ts'

const isSecure = (request: FastifyRequest): boolean => request.serviceOrigin.startsWith('https:')

/** With the prefix the browser itself refuses a cookie that another host or plain HTTP has set (RFC 6265bis 4.1.3.2). */
const nameOf = (request: FastifyRequest, name: string): string =>
  isSecure(request) ? `__Host-muster-${name}` : `muster-${name}`

/** `lax`: sent when a link from elsewhere leads here, and never with a request that another site makes. */
const flagsFor = (request: FastifyRequest) =>
  ({ path: '/', httpOnly: true, sameSite: 'lax', secure: isSecure(request) }) as const

const digest = (text: string): string => createHash('sha256').update(text).digest('base64url')

export interface Browser {
  session(request: FastifyRequest): Promise<BrowserSession | null>
  signIn(request: FastifyRequest, reply: FastifyReply, account: Account, method: SignInMethod): Promise<void>
  signOut(request: FastifyRequest, reply: FastifyReply): Promise<void>
  /** What a form has to carry; marks the browser when it is not yet. */
  formToken(request: FastifyRequest, reply: FastifyReply): string
  isOwnForm(request: FastifyRequest, form: URLSearchParams): boolean
}

export function createBrowser(ports: AccountPorts): Browser {
  const secretOf = (request: FastifyRequest): string | undefined => request.cookies[nameOf(request, 'session')]
  const tokenFor = (mark: string): string => digest(`form ${mark}`)

  async function forget(request: FastifyRequest): Promise<void> {
    const secret = secretOf(request)
    if (secret !== undefined) await endSession(ports, secret)
  }

  return {
    async session(request) {
      const secret = secretOf(request)
      return secret === undefined ? null : await sessionOf(ports, secret)
    },

    async signIn(request, reply, account, method) {
      await forget(request)
      const { secret, expiresAt } = await beginSession(ports, account, method)
      void reply.setCookie(nameOf(request, 'session'), secret, {
        ...flagsFor(request),
        maxAge: Math.floor((expiresAt - ports.clock.now()) / 1000),
      })
    },

    async signOut(request, reply) {
      await forget(request)
      void reply.clearCookie(nameOf(request, 'session'), flagsFor(request))
    },

    formToken(request, reply) {
      const known = request.cookies[nameOf(request, 'form')]
      const mark = known !== undefined && /^[\w-]{43}$/.test(known) ? known : randomBytes(32).toString('base64url')
      if (mark !== known) void reply.setCookie(nameOf(request, 'form'), mark, flagsFor(request))
      return tokenFor(mark)
    },

    isOwnForm(request, form) {
      const mark = request.cookies[nameOf(request, 'form')]
      if (mark === undefined) return false
      const [given, wanted] = [Buffer.from(form.get('csrf') ?? ''), Buffer.from(tokenFor(mark))]
      return given.length === wanted.length && timingSafeEqual(given, wanted)
    },
  }
}
