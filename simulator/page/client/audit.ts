/*
 * The audit trail in Slack's action names, newest first.
 */
import type { HistoryLine } from '../member-views.ts'
import { read } from './controls.ts'
import { emptyState, h, icon, pageHead, refill, timeText } from './dom.ts'
import type { OpenScreen } from './screen.ts'

export const openAudit: OpenScreen = (main) => {
  let lines: readonly HistoryLine[] = []
  const search = h('input', {
    type: 'search',
    id: 'audit-search',
    placeholder: 'Action, person or field',
    autocomplete: 'off',
    oninput: () => fill(),
  })
  const body = h('tbody')
  const empty = h('div')
  main.append(
    pageHead('Audit log', 'What happened to people, in Slack’s action names: the latest 300, newest first.'),
    h(
      'div',
      { class: 'toolbar' },
      h(
        'div',
        { class: 'search' },
        icon('search'),
        h('label', { for: 'audit-search', class: 'unseen' }, 'Search the audit log'),
        search,
        h('kbd', { 'aria-hidden': 'true' }, '/'),
      ),
    ),
    h(
      'div',
      { class: 'table' },
      h(
        'table',
        {},
        h('caption', { class: 'unseen' }, 'Audit log'),
        h(
          'thead',
          {},
          h(
            'tr',
            {},
            ['Action', 'Person', 'Details'].map((name) => h('th', { scope: 'col' }, name)),
            h('th', { scope: 'col', class: 'wide' }, 'By'),
            h('th', { scope: 'col' }, 'Time (UTC)'),
          ),
        ),
        body,
      ),
    ),
    empty,
  )

  function fill(): void {
    const wanted = search.value.trim().toLowerCase()
    const found = lines.filter(({ action, actor, entity, details }) =>
      [action, actor, entity, ...details].join(' ').toLowerCase().includes(wanted),
    )
    refill(
      body,
      found.map(({ at, action, actor, entity, entityId, details }) =>
        h(
          'tr',
          {},
          h('td', {}, h('code', {}, action)),
          h('td', {}, entity === '' ? 'unknown' : h('a', { href: `#/members/${entityId}` }, entity)),
          h('td', {}, details.join(', ')),
          h('td', { class: 'wide' }, actor),
          h('td', { class: 'number' }, timeText(at)),
        ),
      ),
    )
    refill(empty, found.length === 0 && emptyState('Nothing here', 'No entry fits.'))
  }

  return {
    beat(pulse, before) {
      if (before !== null && pulse.version === before.version) return
      void read<readonly HistoryLine[]>('history').then((fresh) => {
        lines = fresh
        fill()
      })
    },
  }
}
