/* Pages rendered here: text is escaped unless it is markup already, and a page loads nothing but its own style and script. */
import type { FastifyReply } from 'fastify'

export class Markup {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

type Part = string | number | null | Markup | readonly Markup[]

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

const markupOf = (part: Part): string => {
  if (part === null) return ''
  if (part instanceof Markup) return part.text
  if (typeof part === 'object') return part.map(markupOf).join('')
  return String(part).replace(/[&<>"']/g, (sign) => escapes[sign] ?? sign)
}

/** Template of markup; what is put in is text, unless it is markup itself. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return new Markup(strings.reduce((text, each, at) => text + markupOf(parts[at - 1] ?? null) + each))
}

export interface Page {
  readonly title: string
  readonly main: Markup
  /** Other places than this service that its form may lead to, by a redirect. */
  readonly leadsTo?: string
  readonly status?: number
}

export const stylePath = '/sign-in/style.css'
export const scriptPath = '/sign-in/passkeys.js'

/**
 * Nothing is framed, nothing is loaded from elsewhere, nothing inline runs. Browsers hold `form-action` against the redirect
 * that answers a form, too. A referrer would carry the address of an invitation; without any, forms would lose their origin.
 */
export async function sendPage(
  reply: FastifyReply,
  { title, main, leadsTo, status = 200 }: Page,
): Promise<FastifyReply> {
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} - Muster</title>
        <link rel="icon" href="data:," />
        <link rel="stylesheet" href="${stylePath}" />
        <script src="${scriptPath}" defer></script>
      </head>
      <body>
        <main>
          <p class="product">Muster</p>
          <h1>${title}</h1>
          ${main}
        </main>
      </body>
    </html> `
  const formAction = leadsTo === undefined ? "'self'" : `'self' ${leadsTo}`
  return await reply
    .status(status)
    .headers({
      'content-security-policy': `default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src data:; form-action ${formAction}; frame-ancestors 'none'; base-uri 'none'`,
      'x-frame-options': 'DENY',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'same-origin',
      'cache-control': 'no-store',
    })
    .type('text/html; charset=utf-8')
    .send(page.text)
}

/** What went wrong, read out at once by a screen reader. */
export const alertOf = (text: string | null): Markup =>
  text === null ? html`` : html`<p class="alert" role="alert">${text}</p>`
