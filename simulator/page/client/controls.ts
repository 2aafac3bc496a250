/*
 * Talks to the simulator's controls below /_sim, and tells the person what came of it.
 */
import { h } from './dom.ts'

const noticeMs = 6000

export async function read<T>(path: string): Promise<T> {
  return (await send('GET', path)) as T
}

/** Null when it was refused; the reason has then been shown. */
export async function act(method: string, path: string, body?: unknown, done?: string): Promise<unknown> {
  try {
    const answer = await send(method, path, body)
    if (done !== undefined) notice(done)
    return answer ?? true
  } catch (error) {
    notice(error instanceof Error ? error.message : String(error), 'bad')
    return null
  }
}

async function send(method: string, path: string, body?: unknown): Promise<unknown> {
  const response = await fetch(`/_sim/${path}`, {
    method,
    ...(body === undefined
      ? {}
      : {
          headers: { 'content-type': 'application/json' },
          body: typeof body === 'string' ? body : JSON.stringify(body),
        }),
  })
  const text = await response.text()
  const answer: unknown = text === '' ? undefined : JSON.parse(text)
  if (response.ok) return answer
  const { error = response.statusText } = answer as { readonly error?: string }
  throw new Error(error)
}

/** Said aloud by screen readers too. */
export function notice(text: string, kind: 'good' | 'bad' = 'good'): void {
  const box = document.querySelector('#notices')
  const element = h('p', { class: `notice ${kind}` }, text)
  box?.append(element)
  setTimeout(() => element.remove(), noticeMs)
}

/** Asks in a dialog of its own; true when the person agrees. */
export function confirmed(question: string, action: string): Promise<boolean> {
  return new Promise((resolve) => {
    const dialog = h(
      'dialog',
      { class: 'confirm', 'aria-labelledby': 'confirm-question' },
      h(
        'form',
        { method: 'dialog' },
        h('p', { id: 'confirm-question' }, question),
        h(
          'div',
          { class: 'actions' },
          h('button', { value: 'no' }, 'Cancel'),
          h('button', { value: 'yes', class: 'danger' }, action),
        ),
      ),
    )
    dialog.addEventListener('close', () => {
      dialog.remove()
      resolve(dialog.returnValue === 'yes')
    })
    document.body.append(dialog)
    dialog.showModal()
  })
}
