/*
 * One member at the side: the profile as Slack shows it with its locks, groups, history, SCIM's view, and what an
 * administrator can do.
 */
import type { HistoryLine, MemberDetail } from '../member-views.ts'
import type { ProfileField } from '../profile-fields.ts'
import { act, confirmed, notice, read } from './controls.ts'
import { avatar, h, icon, stateChip, timeText } from './dom.ts'
import type { Drawer } from './drawer.ts'
import { go } from './screen.ts'

export async function fillMember(drawer: Drawer, id: string): Promise<void> {
  try {
    const member = await read<MemberDetail>(`members/${encodeURIComponent(id)}`)
    drawer.fill(member.name, ...content(member, () => void fillMember(drawer, id)))
  } catch (error) {
    notice(error instanceof Error ? error.message : String(error), 'bad')
    go('members')
  }
}

function content(member: MemberDetail, again: () => void): readonly HTMLElement[] {
  const { id, name, displayName, title, roleName, active, sections, groups, history, scim } = member
  return [
    h(
      'div',
      { class: 'profile-head' },
      avatar(name, id, 'large'),
      h(
        'div',
        {},
        h('p', { class: 'lead' }, displayName),
        h('p', { class: 'sub' }, title === '' ? 'No title' : title),
        h('p', { class: 'chips' }, stateChip(active), ' ', h('span', { class: 'chip' }, roleName)),
      ),
    ),
    actions(member, again),
    ...sections.map(({ title: heading, fields }) =>
      h('section', {}, h('h3', {}, heading), h('dl', { class: 'fields' }, fields.map(fieldRow))),
    ),
    h('section', {}, h('h3', {}, 'Groups'), groupList(groups)),
    h('section', {}, h('h3', {}, 'History'), historyList(history)),
    h(
      'section',
      {},
      h('h3', {}, 'As SCIM answers it'),
      ...(['v1', 'v2'] as const).map((version) =>
        h(
          'details',
          {},
          h('summary', { 'data-key': `scim-${version}` }, `SCIM ${version}`),
          h('pre', { tabindex: '0', 'aria-label': `SCIM ${version}` }, JSON.stringify(scim[version], null, 2)),
        ),
      ),
    ),
  ]
}

function actions({ id, name, role, active, userName }: MemberDetail, again: () => void): HTMLElement {
  const switchState = async (): Promise<void> => {
    if (active && !(await confirmed(`Deactivate ${name}? Tokens and group memberships end with it.`, 'Deactivate'))) {
      return
    }
    const done = active ? `${name} is deactivated.` : `${name} is active again.`
    if ((await act('PATCH', `people/${id}`, { active: !active }, done)) !== null) again()
  }
  const isPerson = role !== 'bot'
  const signIn = new URLSearchParams({ as: userName, to: '/' })
  return h(
    'div',
    { class: 'actions' },
    isPerson &&
      h(
        'button',
        { type: 'button', 'data-key': 'switch', class: active ? 'danger' : '', onclick: () => void switchState() },
        active ? 'Deactivate' : 'Reactivate',
      ),
    isPerson && roleChoice(id, role, name, again),
    isPerson && active && h('a', { class: 'button', href: `/signin?${signIn.toString()}` }, 'Sign in as this person'),
  )
}

const roles = [
  ['member', 'Full member'],
  ['admin', 'Workspace Admin'],
  ['owner', 'Workspace Owner'],
  ['primary_owner', 'Primary Owner'],
  ['org_admin', 'Org Admin'],
  ['org_owner', 'Org Owner'],
  ['multi_channel_guest', 'Multi-channel guest'],
  ['single_channel_guest', 'Single-channel guest'],
] as const

function roleChoice(id: string, role: MemberDetail['role'], name: string, again: () => void): HTMLElement {
  const select = h(
    'select',
    {
      'aria-label': 'Account type',
      'data-key': 'role',
      onchange: () => {
        void act('PATCH', `people/${id}`, { role: select.value }, `${name} has another account type.`).then(again)
      },
    },
    roles.map(([value, label]) => h('option', { value, selected: value === role }, label)),
  )
  return select
}

function fieldRow({ label, value, lock, isHidden, personId }: ProfileField): HTMLElement {
  const shown =
    personId === null
      ? value
      : h('a', { href: `#/members/${encodeURIComponent(personId)}`, 'data-key': `to-${personId}` }, value)
  return h(
    'div',
    { class: value === '' ? 'unset' : '' },
    h('dt', {}, label),
    h(
      'dd',
      {},
      h('span', {}, value === '' ? 'Not set' : shown),
      lock !== null && h('span', { class: 'lock', title: lock }, icon('lock'), h('span', {}, lock)),
      isHidden && h('span', { class: 'lock' }, icon('eyeOff'), h('span', {}, 'Hidden in profiles')),
    ),
  )
}

function groupList(groups: MemberDetail['groups']): HTMLElement {
  if (groups.length === 0) return h('p', { class: 'sub' }, 'In no group.')
  return h(
    'ul',
    { class: 'links' },
    groups.map(({ id, displayName }) => h('li', {}, h('a', { href: `#/groups/${id}` }, displayName))),
  )
}

function historyList(history: readonly HistoryLine[]): HTMLElement {
  if (history.length === 0) return h('p', { class: 'sub' }, 'Nothing has happened yet.')
  return h(
    'ol',
    { class: 'history' },
    history.map(({ at, action, actor, details }) =>
      h(
        'li',
        {},
        h('code', {}, action),
        details.length > 0 && ` ${details.join(', ')}`,
        h('span', { class: 'sub' }, `${timeText(at)} by ${actor}`),
      ),
    ),
  )
}
