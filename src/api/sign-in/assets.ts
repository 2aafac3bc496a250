/* The style and the script of the sign-in pages. Without the script passwords work; with it passkeys do. */
import type { FastifyInstance } from 'fastify'
import { scriptPath, stylePath } from './html.ts'

const style = `:root { color-scheme: light dark; --ink: #1a1a1a; --paper: #ffffff; --ground: #f3f4f6; --line: #6b7280; --accent: #1f4e9c; --on-accent: #ffffff; --alarm: #9b1c1c; }
@media (prefers-color-scheme: dark) { :root { --ink: #f3f4f6; --paper: #1f2430; --ground: #12151c; --line: #9ca3af; --accent: #9cc2ff; --on-accent: #0b1526; --alarm: #fca5a5; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
main { max-width: 28rem; margin: 3rem auto; padding: 2rem; background: var(--paper); border-radius: .5rem; overflow-wrap: anywhere; }
.product { margin: 0; font-weight: 600; }
h1 { margin: .25rem 0 1rem; font-size: 1.5rem; }
h2 { margin: 2rem 0 .5rem; font-size: 1.125rem; }
label { display: block; margin: 1rem 0 .25rem; font-weight: 600; }
input { width: 100%; padding: .6rem; font: inherit; color: inherit; background: transparent; border: 1px solid var(--line); border-radius: .25rem; }
button, .button { display: block; width: 100%; margin-top: 1rem; padding: .65rem; font: inherit; font-weight: 600; text-align: center; text-decoration: none; cursor: pointer; border: 1px solid var(--accent); border-radius: .25rem; background: var(--accent); color: var(--on-accent); }
button.other, .button.other { background: transparent; color: var(--accent); }
[hidden] { display: none; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.alert { padding: .75rem; border: 1px solid var(--alarm); border-radius: .25rem; color: var(--alarm); }
.hint { color: inherit; font-size: .9rem; }
li form { margin: 0; }
`

const script = `'use strict'
{
  const say = (form, text) => {
    let alert = form.querySelector('[role=alert]')
    if (alert === null) {
      alert = document.createElement('p')
      alert.className = 'alert'
      alert.setAttribute('role', 'alert')
      form.prepend(alert)
    }
    alert.textContent = text
  }
  const ask = async (button) => {
    const { form } = button
    const isNew = button.dataset.passkey === 'create'
    const answer = await fetch('/sign-in/passkey-options', {
      method: 'POST',
      body: new URLSearchParams({ csrf: form.elements.csrf.value, for: button.dataset.passkey, invitation: button.dataset.invitation ?? '' }),
    })
    if (!answer.ok) throw new Error('The page is too old. Load it again.')
    const options = await answer.json()
    const credential = isNew
      ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
      : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) })
    form.elements.passkey.value = JSON.stringify(credential.toJSON())
    form.submit()
  }
  const isAble = typeof PublicKeyCredential === 'function' && 'parseRequestOptionsFromJSON' in PublicKeyCredential
  for (const button of document.querySelectorAll('button[data-passkey]')) {
    if (!isAble) continue
    button.hidden = false
    button.addEventListener('click', () => {
      ask(button).catch((error) => {
        say(button.form, error instanceof DOMException ? 'No passkey was used. Try again, or choose another way.' : error.message)
      })
    })
  }
}
`

export function assetRoutes(app: FastifyInstance): void {
  const headers = { 'cache-control': 'public, max-age=300', 'x-content-type-options': 'nosniff' }
  app.get(
    stylePath,
    async (_request, reply) => await reply.headers(headers).type('text/css; charset=utf-8').send(style),
  )
  app.get(
    scriptPath,
    async (_request, reply) => await reply.headers(headers).type('text/javascript; charset=utf-8').send(script),
  )
}
