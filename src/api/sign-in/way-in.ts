/* The form by which somebody signs in, wherever it stands, and what comes of it: one answer for everything that is wrong. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import {
  canHavePasskeys,
  PasskeyRefused,
  signInByPasskey,
  signInByPassword,
  type AccountPorts,
} from '../../accounts/index.ts'
import type { Account } from '../../vocabulary/index.ts'
import type { Browser } from './browser.ts'
import { alertOf, html, sendPage, type Markup } from './html.ts'

export interface SignInView {
  /** Why somebody is asked, above the form. */
  readonly purpose: Markup | null
  readonly alert?: string | null
  readonly name?: string
  readonly leadsTo?: string
  readonly status?: number
}

export type SignInOutcome =
  | { readonly kind: 'signedIn'; readonly account: Account }
  | { readonly kind: 'refused'; readonly alert: string; readonly status: number; readonly name: string }

/** Another provider, as the page offers it. */
export interface OtherProvider {
  /** Its host, for the button. */
  readonly label: string
  /** Where the button leads, and comes back to. */
  hrefTo(next: string): string
}

export interface WayIn {
  show(request: FastifyRequest, reply: FastifyReply, view: SignInView): Promise<FastifyReply>
  attempt(request: FastifyRequest, reply: FastifyReply, form: URLSearchParams): Promise<SignInOutcome>
}

const staleForm = 'This page was open for too long, or was not opened here. Sign in once more.'

export function createWayIn(ports: AccountPorts, browser: Browser, other: OtherProvider | null): WayIn {
  async function byPasskey(answer: string, origin: string): Promise<SignInOutcome> {
    try {
      return { kind: 'signedIn', account: await signInByPasskey(ports, { answer, origin }) }
    } catch (error) {
      if (error instanceof PasskeyRefused) return { kind: 'refused', alert: error.message, status: 403, name: '' }
      throw error
    }
  }

  async function byPassword(name: string, password: string): Promise<SignInOutcome> {
    const result = await signInByPassword(ports, { name, password })
    switch (result.kind) {
      case 'signedIn':
        return result
      case 'refused':
        return {
          kind: 'refused',
          status: 403,
          name,
          alert:
            'The name or the password is wrong, or the account is disabled. Whoever runs Muster can send you a link for a new password.',
        }
      case 'waits': {
        const seconds = Math.max(1, Math.ceil((result.until - ports.clock.now()) / 1000))
        return {
          kind: 'refused',
          status: 429,
          name,
          alert: `Too many wrong passwords for this name. Wait ${String(seconds)} s and try again, or use a passkey.`,
        }
      }
    }
  }

  return {
    async show(request, reply, { purpose, alert = null, name = '', leadsTo, status }) {
      const token = browser.formToken(request, reply)
      const elsewhere =
        other === null
          ? null
          : html`<p>
              <a class="button other" href="${other.hrefTo(request.originalUrl)}">Sign in at ${other.label}</a>
            </p>`
      const passkey = canHavePasskeys(request.serviceOrigin)
        ? html`<button type="button" class="other" data-passkey="get" hidden>Sign in with a passkey</button>`
        : null
      return await sendPage(reply, {
        title: 'Sign in',
        ...(leadsTo === undefined ? {} : { leadsTo }),
        ...(status === undefined ? {} : { status }),
        main: html`${purpose} ${alertOf(alert)}
          <form method="post" action="${request.originalUrl}">
            <input type="hidden" name="csrf" value="${token}" />
            <input type="hidden" name="passkey" value="" />
            <label for="name">Name</label>
            <input
              id="name"
              name="name"
              type="text"
              value="${name}"
              autocomplete="username webauthn"
              autocapitalize="none"
              spellcheck="false"
              required
              placeholder="mira@example.com"
            />
            <label for="password">Password</label>
            <input id="password" name="password" type="password" autocomplete="current-password" required />
            <button type="submit">Sign in</button>
            ${passkey}
          </form>
          ${elsewhere}`,
      })
    },

    async attempt(request, reply, form) {
      const name = (form.get('name') ?? '').trim().slice(0, 256)
      if (!browser.isOwnForm(request, form)) return { kind: 'refused', alert: staleForm, status: 403, name }
      const answer = form.get('passkey') ?? ''
      const outcome =
        answer === ''
          ? await byPassword(name, form.get('password') ?? '')
          : await byPasskey(answer, request.serviceOrigin)
      if (outcome.kind === 'signedIn')
        await browser.signIn(request, reply, outcome.account, answer === '' ? 'pwd' : 'hwk')
      return outcome
    },
  }
}
