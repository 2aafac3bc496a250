/*
 * The members of the workspace: search, filter by state, and one member's profile at the side.
 */
import type { MemberPage, MemberRow, MemberState } from '../member-views.ts'
import { read } from './controls.ts'
import { avatar, emptyState, h, icon, pageHead, refill, stateChip } from './dom.ts'
import { createDrawer } from './drawer.ts'
import { fillMember } from './member-drawer.ts'
import { go } from './screen.ts'
import type { OpenScreen } from './screen.ts'

const states: readonly (readonly [MemberState, string])[] = [
  ['all', 'All'],
  ['active', 'Active'],
  ['deactivated', 'Deactivated'],
  ['guests', 'Guests'],
  ['bots', 'Bots'],
  ['admins', 'Admins and owners'],
]
const pageSize = 50

export const openMembers: OpenScreen = (main) => {
  let state: MemberState = 'all'
  let start = 0
  let asked = 0
  let openId: string | null = null
  const drawer = createDrawer(() => {
    openId = null
    if (location.hash.startsWith('#/members/')) go('members')
  })

  const search = h('input', {
    type: 'search',
    id: 'member-search',
    placeholder: 'Name, email address, id or department',
    autocomplete: 'off',
    oninput: () => {
      start = 0
      void load()
    },
  })
  const filters = h('div', { class: 'segments', role: 'group', 'aria-label': 'State' })
  const body = h('tbody')
  const empty = h('div')
  const pager = h('nav', { class: 'pager', 'aria-label': 'Pages of members' })

  main.append(
    pageHead('Members', 'Everybody in this workspace, deactivated accounts, guests and bots included.'),
    h(
      'div',
      { class: 'toolbar' },
      h(
        'div',
        { class: 'search' },
        icon('search'),
        h('label', { for: 'member-search', class: 'unseen' }, 'Search members'),
        search,
        h('kbd', { 'aria-hidden': 'true' }, '/'),
      ),
      filters,
    ),
    h(
      'div',
      { class: 'table' },
      h(
        'table',
        {},
        h('caption', { class: 'unseen' }, 'Members'),
        h(
          'thead',
          {},
          h(
            'tr',
            {},
            h('th', { scope: 'col' }, 'Name'),
            h('th', { scope: 'col', class: 'wide' }, 'Email address'),
            h('th', { scope: 'col', class: 'wider' }, 'Title'),
            h('th', { scope: 'col' }, 'Account type'),
            h('th', { scope: 'col' }, 'State'),
          ),
        ),
        body,
      ),
    ),
    empty,
    pager,
  )

  async function load(): Promise<void> {
    const number = ++asked
    const query = new URLSearchParams({ search: search.value, state, start: String(start), count: String(pageSize) })
    const page = await read<MemberPage>(`members?${query.toString()}`)
    // Only the latest question counts; an earlier answer may come later.
    if (number !== asked) return
    refill(filters, states.map(filterButton(page)))
    refill(body, page.rows.map(row))
    refill(empty, page.rows.length === 0 && nobody())
    refill(pager, pagerOf(page))
  }

  const filterButton =
    ({ counts }: MemberPage) =>
    ([name, label]: (typeof states)[number]) =>
      h(
        'button',
        {
          type: 'button',
          'aria-pressed': String(name === state),
          'data-key': `state-${name}`,
          onclick: () => {
            state = name
            start = 0
            void load()
          },
        },
        label,
        ' ',
        h('span', { class: 'count' }, counts[name]),
      )

  function nobody(): HTMLElement {
    return search.value === ''
      ? emptyState('Nobody here', 'Create somebody over SCIM, or start the simulator with --users 100.')
      : emptyState('Nobody found', `No member matches “${search.value}” with this filter.`)
  }

  function pagerOf({ total }: MemberPage): readonly (HTMLElement | false)[] {
    const move = (label: string, to: number, isPossible: boolean): HTMLElement =>
      h(
        'button',
        {
          type: 'button',
          disabled: !isPossible,
          'data-key': label,
          onclick: () => {
            start = to
            void load()
            main.scrollTop = 0
          },
        },
        label,
      )
    const last = Math.min(total, start + pageSize)
    const range = total === 0 ? 'No members' : `${start + 1} to ${last} of ${total}`
    return [
      h('span', { role: 'status' }, range),
      total > pageSize && move('Previous', Math.max(0, start - pageSize), start > 0),
      total > pageSize && move('Next', start + pageSize, start + pageSize < total),
    ]
  }

  return {
    beat(pulse, before) {
      if (before !== null && pulse.version === before.version && pulse.plan === before.plan) return
      void load()
      if (openId !== null && drawer.isOpen) void fillMember(drawer, openId)
    },
    openDetail(id) {
      openId = id
      if (id === null) drawer.close()
      else void fillMember(drawer, id)
    },
  }
}

function row(member: MemberRow): HTMLElement {
  const { id, name, displayName, userName, email, title, roleName, active } = member
  const button = h(
    'button',
    { type: 'button', class: 'row-button', 'data-key': id, onclick: () => go('members', id) },
    name,
  )
  const names = displayName === name ? `@${userName}` : `${displayName} · @${userName}`
  return h(
    'tr',
    { class: active ? '' : 'faded' },
    h(
      'td',
      {},
      h('div', { class: 'person' }, avatar(name, id), h('div', {}, button, h('span', { class: 'sub' }, names))),
    ),
    h('td', { class: 'wide' }, email),
    h('td', { class: 'wider' }, title),
    h('td', {}, roleName),
    h('td', {}, stateChip(active)),
  )
}
