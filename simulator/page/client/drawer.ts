/*
 * A panel at the side for one thing: modal, closed by Escape, by its button or by a click beside it; the focus goes back
 * to where it was.
 */
import { h, icon } from './dom.ts'
import type { Child } from './dom.ts'

export interface Drawer {
  fill(title: string, ...content: readonly Child[]): void
  close(): void
  readonly isOpen: boolean
}

export function createDrawer(whenClosed: () => void): Drawer {
  let dialog: HTMLDialogElement | null = null
  let comesFrom: string | undefined

  function open(): HTMLDialogElement {
    const active = document.activeElement
    comesFrom = active instanceof HTMLElement ? active.dataset['key'] : undefined
    const fresh = h('dialog', { class: 'drawer', 'aria-labelledby': 'drawer-title' })
    fresh.addEventListener('click', (event) => {
      if (event.target === fresh) fresh.close()
    })
    fresh.addEventListener('close', () => {
      fresh.remove()
      dialog = null
      if (comesFrom !== undefined) {
        document.querySelector<HTMLElement>(`main [data-key="${CSS.escape(comesFrom)}"]`)?.focus()
      }
      whenClosed()
    })
    document.body.append(fresh)
    fresh.showModal()
    return fresh
  }

  return {
    get isOpen() {
      return dialog !== null
    },
    fill(title, ...content) {
      const isNew = dialog === null
      const target = dialog ?? open()
      dialog = target
      const scrolled = target.querySelector('.drawer-body')?.scrollTop ?? 0
      const active = document.activeElement
      const key = active instanceof HTMLElement && target.contains(active) ? active.dataset['key'] : undefined
      const closeButton = h(
        'button',
        { class: 'icon-button', 'aria-label': 'Close', 'data-key': 'close', onclick: () => target.close() },
        icon('close'),
      )
      const body = h('div', { class: 'drawer-body' }, content)
      target.replaceChildren(h('header', {}, h('h2', { id: 'drawer-title' }, title), closeButton), body)
      body.scrollTop = scrolled
      const again = key === undefined ? null : target.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"]`)
      if (again !== null) again.focus()
      else if (isNew || key !== undefined) closeButton.focus()
    },
    close() {
      dialog?.close()
    },
  }
}
