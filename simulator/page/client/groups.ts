/*
 * User groups of a workspace, IDP groups of an organisation: how full they are, and who is in them.
 */
import type { GroupRow, MemberPage } from '../member-views.ts'
import { notice, read } from './controls.ts'
import { avatar, emptyState, h, icon, pageHead, refill } from './dom.ts'
import { createDrawer } from './drawer.ts'
import { go } from './screen.ts'
import type { OpenScreen } from './screen.ts'

const membersShownMax = 200

export const openGroups: OpenScreen = (main) => {
  let groups: readonly GroupRow[] = []
  let openId: string | null = null
  let isOrg = false
  const drawer = createDrawer(() => {
    openId = null
    if (location.hash.startsWith('#/groups/')) go('groups')
  })
  const search = h('input', {
    type: 'search',
    id: 'group-search',
    placeholder: 'Name of a group',
    autocomplete: 'off',
    oninput: () => fill(),
  })
  const head = h('div')
  const body = h('tbody')
  const empty = h('div')
  const table = h(
    'div',
    { class: 'table' },
    h(
      'table',
      {},
      h('caption', { class: 'unseen' }, 'Groups'),
      h(
        'thead',
        {},
        h(
          'tr',
          {},
          h('th', { scope: 'col' }, 'Group'),
          h('th', { scope: 'col' }, 'Members'),
          h('th', { scope: 'col', class: 'wide' }, 'Channels'),
        ),
      ),
      body,
    ),
  )
  main.append(
    head,
    h(
      'div',
      { class: 'toolbar' },
      h(
        'div',
        { class: 'search' },
        icon('search'),
        h('label', { for: 'group-search', class: 'unseen' }, 'Search groups'),
        search,
        h('kbd', { 'aria-hidden': 'true' }, '/'),
      ),
    ),
    table,
    empty,
  )
  showHead()

  function showHead(): void {
    const title = isOrg ? 'IDP groups' : 'User groups'
    const text = isOrg
      ? 'Groups of the organisation, connected to workspaces and channels. Slack recommends at most 15,000 members.'
      : 'Groups of this workspace, at most 5,000 members each. SCIM makes and fills them.'
    refill(head, pageHead(title, text))
  }

  function fill(): void {
    const wanted = search.value.trim().toLowerCase()
    const found = groups.filter(({ displayName }) => displayName.toLowerCase().includes(wanted))
    refill(body, found.map(row))
    refill(
      empty,
      found.length === 0 &&
        (groups.length === 0
          ? emptyState('No groups yet', 'POST /scim/v2/Groups makes one.')
          : emptyState('No group found', `No group matches “${search.value}”.`)),
    )
  }

  async function load(): Promise<void> {
    groups = await read<readonly GroupRow[]>('group-rows')
    fill()
    if (openId !== null) void showGroup(openId)
  }

  async function showGroup(id: string): Promise<void> {
    const group = groups.find((candidate) => candidate.id === id)
    if (group === undefined) {
      notice(`No group has the id ${id}.`, 'bad')
      go('groups')
      return
    }
    const query = new URLSearchParams({ group: id, count: String(membersShownMax) })
    const page = await read<MemberPage>(`members?${query.toString()}`)
    if (openId !== id) return
    const more = page.total - page.rows.length
    drawer.fill(
      group.displayName,
      h('p', { class: 'sub' }, group.id),
      gauge(group),
      group.isLinkedToChannels &&
        h('p', {}, 'Linked to channels by restricted access: SCIM cannot delete it (idp_group_linked_to_channels).'),
      h('h3', {}, 'Members'),
      page.rows.length === 0
        ? h('p', { class: 'sub' }, 'Nobody is in this group.')
        : h(
            'ul',
            { class: 'people' },
            page.rows.map((member) =>
              h(
                'li',
                {},
                avatar(member.name, member.id),
                h('a', { href: `#/members/${member.id}`, 'data-key': member.id }, member.name),
                h('span', { class: 'sub' }, member.email),
              ),
            ),
          ),
      more > 0 && h('p', { class: 'sub' }, `and ${more} more`),
    )
  }

  return {
    beat(pulse, before) {
      isOrg = pulse.plan === 'enterprise'
      if (before?.plan !== pulse.plan) showHead()
      if (before === null || pulse.version !== before.version) void load()
    },
    openDetail(id) {
      openId = id
      if (id === null) drawer.close()
      else if (groups.length > 0) void showGroup(id)
    },
  }
}

function row(group: GroupRow): HTMLElement {
  const { id, displayName, isLinkedToChannels } = group
  return h(
    'tr',
    {},
    h(
      'td',
      {},
      h(
        'button',
        { type: 'button', class: 'row-button', 'data-key': id, onclick: () => go('groups', id) },
        displayName,
      ),
      h('span', { class: 'sub' }, id),
    ),
    h('td', {}, gauge(group)),
    h('td', { class: 'wide' }, isLinkedToChannels ? h('span', { class: 'chip' }, icon('link'), ' Linked') : 'None'),
  )
}

function gauge({ size, sizeMax, displayName }: GroupRow): HTMLElement {
  const fill = h('span', { class: 'gauge-fill' })
  fill.style.width = `${Math.min(100, (size / sizeMax) * 100)}%`
  return h(
    'div',
    { class: 'gauge-row' },
    h('span', { class: 'gauge-number' }, `${size.toLocaleString('en')} of ${sizeMax.toLocaleString('en')}`),
    h(
      'div',
      {
        class: 'gauge',
        role: 'meter',
        'aria-label': `Members of ${displayName}`,
        'aria-valuemin': 0,
        'aria-valuemax': sizeMax,
        'aria-valuenow': size,
      },
      fill,
    ),
  )
}
