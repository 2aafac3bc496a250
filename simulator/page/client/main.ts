/*
 * The workspace page: opens the screen its address names, tells it every second what has changed, and knows the keys.
 */
import { openAudit } from './audit.ts'
import { openConnect } from './connect.ts'
import { notice, read } from './controls.ts'
import { openFaults } from './faults.ts'
import { openGroups } from './groups.ts'
import { openMembers } from './members.ts'
import { openRates } from './rates.ts'
import { openRequests } from './requests.ts'
import type { OpenScreen, Pulse, Screen } from './screen.ts'
import { openSettings } from './settings.ts'
import { openState } from './state.ts'

const screens: ReadonlyMap<string, OpenScreen> = new Map([
  ['members', openMembers],
  ['groups', openGroups],
  ['audit', openAudit],
  ['requests', openRequests],
  ['rates', openRates],
  ['faults', openFaults],
  ['settings', openSettings],
  ['state', openState],
  ['connect', openConnect],
])

const beatMs = 1000

const main = document.querySelector<HTMLElement>('#main') ?? document.body
let openName = ''
let screen: Screen = {}
let pulse: Pulse | null = null
let isReachable = true

function show(): void {
  const [, name = '', detail] = location.hash.split('/')
  const open = screens.get(name) ?? openMembers
  const shownName = screens.has(name) ? name : 'members'
  if (shownName !== openName) {
    const isFirst = openName === ''
    openName = shownName
    main.replaceChildren()
    main.scrollTop = 0
    screen = open(main)
    for (const link of document.querySelectorAll('nav a')) {
      const isHere = link instanceof HTMLElement && link.dataset['screen'] === shownName
      if (isHere) {
        link.setAttribute('aria-current', 'page')
        bringIntoView(link)
      } else {
        link.removeAttribute('aria-current')
      }
    }
    document.title = `${main.querySelector('h1')?.textContent ?? ''}: simulated Slack workspace`
    if (!isFirst) main.focus({ preventScroll: true })
    if (pulse !== null) screen.beat?.(pulse, null)
  }
  screen.openDetail?.(detail === undefined ? null : decodeURIComponent(detail))
}

/** Along a narrow screen's bar. (`scrollIntoView` would also move where the Tab key begins.) */
function bringIntoView(link: HTMLElement): void {
  const bar = link.closest('nav')
  if (bar === null) return
  const middle = link.offsetLeft + link.offsetWidth / 2
  bar.scrollLeft = middle - bar.clientWidth / 2
}

async function beat(): Promise<void> {
  if (document.visibilityState === 'visible') {
    try {
      const fresh = await read<Pulse>('pulse')
      const before = pulse
      pulse = fresh
      showHead(fresh)
      screen.beat?.(fresh, before)
      isReachable = true
    } catch (error) {
      if (isReachable) notice(`The simulator does not answer: ${error instanceof Error ? error.message : ''}`, 'bad')
      isReachable = false
    }
  }
  setTimeout(() => void beat(), beatMs)
}

function showHead({ teamName, planName }: Pulse): void {
  setText('#team-name', teamName)
  setText('#plan', planName)
}

function setText(selector: string, text: string): void {
  const element = document.querySelector(selector)
  if (element !== null && element.textContent !== text) element.textContent = text
}

document.addEventListener('keydown', (event) => {
  const { target } = event
  const isTyping =
    target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  if (event.key === '/' && !isTyping && !event.ctrlKey && !event.metaKey && document.querySelector('dialog') === null) {
    const search = main.querySelector<HTMLInputElement>('input[type=search]')
    if (search === null) return
    event.preventDefault()
    search.focus()
    search.select()
  }
  if (event.key === 'Escape' && target instanceof HTMLInputElement && target.type === 'search') {
    if (target.value === '') target.blur()
    else {
      target.value = ''
      target.dispatchEvent(new Event('input', { bubbles: true }))
    }
  }
  if ((event.key === 'ArrowDown' || event.key === 'ArrowUp') && target instanceof HTMLElement) {
    const rows = [...main.querySelectorAll<HTMLElement>('tbody .row-button')]
    const index = rows.indexOf(target)
    const next = rows[index + (event.key === 'ArrowDown' ? 1 : -1)]
    if (index === -1 || next === undefined) return
    event.preventDefault()
    next.focus()
  }
})
window.addEventListener('hashchange', show)
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'visible' && pulse !== null) screen.beat?.(pulse, null)
})
show()
void beat()
