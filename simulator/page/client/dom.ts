/*
 * Builds elements for the workspace page. Text only ever becomes text nodes, so nothing a person or a request is called
 * can become markup.
 */

export type Child = Node | string | number | null | undefined | false | readonly Child[]

type Handler = (event: Event) => void
type Props = Readonly<Record<string, string | number | boolean | null | undefined | Handler>>

/** `on...` is a listener; true is an empty attribute; false, null and undefined leave it out. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  props: Props = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(props)) {
    if (typeof value === 'function') element.addEventListener(name.slice(2), value)
    else if (value === true) element.setAttribute(name, '')
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, String(value))
  }
  append(element, children)
  return element
}

function append(parent: Node, children: readonly Child[]): void {
  for (const child of children) {
    if (child === null || child === undefined || child === false) continue
    if (child instanceof Node) parent.appendChild(child)
    else if (typeof child === 'object') append(parent, child)
    else parent.appendChild(document.createTextNode(String(child)))
  }
}

/** Puts new children in, and the focus back on the one with the same `data-key`. */
export function refill(parent: Element, ...children: readonly Child[]): void {
  const active = document.activeElement
  const key = active instanceof HTMLElement && parent.contains(active) ? active.dataset['key'] : undefined
  const fresh = document.createDocumentFragment()
  append(fresh, children)
  parent.replaceChildren(fresh)
  if (key !== undefined) parent.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"]`)?.focus()
}

const svgNamespace = 'http://www.w3.org/2000/svg'

const paths = {
  lock: 'M7 10V7a5 5 0 0 1 10 0v3M5 10h14v10H5z',
  close: 'M6 6l12 12M18 6L6 18',
  search: 'M10.5 17a6.5 6.5 0 1 1 0-13 6.5 6.5 0 0 1 0 13zM15.5 15.5L20 20',
  eyeOff: 'M4 4l16 16M10 5.5A9 9 0 0 1 21 12a12 12 0 0 1-2.4 3.2M6.5 7.5A12 12 0 0 0 3 12a10 10 0 0 0 12 6',
  link: 'M10 14a4 4 0 0 0 6 0l3-3a4 4 0 0 0-6-6l-1 1M14 10a4 4 0 0 0-6 0l-3 3a4 4 0 0 0 6 6l1-1',
} as const

/** Beside words, never instead of them. */
export function icon(name: keyof typeof paths): SVGSVGElement {
  const svg = document.createElementNS(svgNamespace, 'svg')
  svg.setAttribute('viewBox', '0 0 24 24')
  svg.setAttribute('class', 'icon')
  svg.setAttribute('aria-hidden', 'true')
  const path = document.createElementNS(svgNamespace, 'path')
  path.setAttribute('d', paths[name])
  svg.append(path)
  return svg
}

export function emptyState(title: string, text: string): HTMLElement {
  return h('div', { class: 'empty' }, h('strong', {}, title), h('p', {}, text))
}

export function pageHead(title: string, text: string, ...actions: readonly Child[]): HTMLElement {
  const words = h('div', {}, h('h1', {}, title), h('p', {}, text))
  return h('header', { class: 'page-head' }, words, actions.length > 0 && h('div', { class: 'actions' }, actions))
}

const huesOf = 360

/** Two letters on a colour that follows the id. */
export function avatar(name: string, id: string, size: 'small' | 'large' = 'small'): HTMLElement {
  const letters = name
    .split(' ')
    .map((word) => word.charAt(0))
    .slice(0, 2)
    .join('')
    .toUpperCase()
  const element = h('span', { class: `avatar ${size}`, 'aria-hidden': 'true' }, letters)
  let hash = 0
  for (const character of id) hash = (hash * 31 + character.charCodeAt(0)) % huesOf
  element.style.setProperty('--hue', String(hash))
  return element
}

export function timeText(at: number): string {
  const date = new Date(at)
  const day = date.toISOString().slice(0, 10)
  return `${day} ${date.toISOString().slice(11, 19)}`
}

export function stateChip(active: boolean): HTMLElement {
  return h('span', { class: `chip ${active ? 'good' : 'off'}` }, active ? 'Active' : 'Deactivated')
}
