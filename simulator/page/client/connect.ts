/*
 * What an integration needs: addresses, a token, the OAuth app, and a first request to copy.
 */
import type { OauthApp } from '../../workspace/model.ts'
import { act, notice, read } from './controls.ts'
import { h, pageHead } from './dom.ts'
import type { OpenScreen } from './screen.ts'

export const openConnect: OpenScreen = (main) => {
  const box = h('div', { class: 'stack' })
  main.append(
    pageHead('Connect an app', 'Addresses and credentials of this simulated workspace. They open nothing else.'),
    box,
  )
  void Promise.all([read<{ token: string }>(''), read<readonly OauthApp[]>('apps')]).then(([{ token }, apps]) => {
    const { origin } = location
    const [app] = apps
    const request = `curl -H "Authorization: Bearer ${token}" "${origin}/scim/v2/Users?count=2"`
    const consent =
      app === undefined
        ? null
        : `/oauth/v2/authorize?${new URLSearchParams({ client_id: app.clientId, user_scope: 'admin', state: 'try' }).toString()}`
    box.append(
      h(
        'section',
        { class: 'card stack', 'aria-labelledby': 'addresses' },
        h('h2', { id: 'addresses' }, 'Addresses and token'),
        copied('SCIM v1', `${origin}/scim/v1`),
        copied('SCIM v2', `${origin}/scim/v2`),
        copied('Web API', `${origin}/api`),
        copied('User token with scope admin', token),
        copied('A first request', request),
      ),
      tokenForm(),
      h(
        'section',
        { class: 'card stack', 'aria-labelledby': 'apps' },
        h('h2', { id: 'apps' }, 'OAuth apps'),
        ...apps.map(({ name, clientId, clientSecret, redirectUrls }) =>
          h(
            'div',
            { class: 'stack' },
            h('h3', {}, name),
            copied('Client ID', clientId),
            copied('Client secret', clientSecret),
            ...redirectUrls.map((url) => copied('Redirect address', url)),
          ),
        ),
        consent !== null && h('p', {}, h('a', { class: 'button', href: consent }, 'Open the consent page')),
      ),
    )
  })
  return {}
}

/** What an installation would give, without the consent page. */
function tokenForm(): HTMLElement {
  const installer = h('input', { type: 'text', required: true, autocomplete: 'off', placeholder: 'adam' })
  const scopes = h('input', { type: 'text', value: 'admin', autocomplete: 'off' })
  const orgWide = h('input', { type: 'checkbox' })
  const issued = h('div')
  const issue = async (): Promise<void> => {
    const answer = await act('POST', 'tokens', {
      installer: installer.value.trim(),
      scopes: scopes.value.split(',').flatMap((scope) => scope.trim() || []),
      isOrgWide: orgWide.checked,
    })
    if (answer === null) return
    const { token } = answer as { readonly token: string }
    issued.replaceChildren(copied(`Token of ${installer.value.trim()}`, token))
  }
  return h(
    'form',
    {
      class: 'card stack',
      'aria-labelledby': 'issue-token',
      onsubmit: (event) => {
        event.preventDefault()
        void issue()
      },
    },
    h('h2', { id: 'issue-token' }, 'Issue another token'),
    h(
      'div',
      { class: 'columns' },
      h('label', { class: 'field' }, h('span', {}, 'Installer (user name, email address or id)'), installer),
      h('label', { class: 'field' }, h('span', {}, 'Scopes'), scopes),
    ),
    h('label', { class: 'check' }, orgWide, h('span', {}, 'For the whole organisation')),
    h('div', { class: 'actions' }, h('button', { class: 'primary' }, 'Issue')),
    issued,
  )
}

function copied(label: string, value: string): HTMLElement {
  const input = h('input', { type: 'text', readonly: true, value, 'aria-label': label, class: 'mono' })
  const copy = (): void => {
    void navigator.clipboard.writeText(value).then(
      () => notice(`${label} is copied.`),
      () => {
        input.select()
        notice('This browser does not let a page copy; the text is selected.', 'bad')
      },
    )
  }
  return h(
    'div',
    { class: 'copied' },
    h('span', {}, label),
    input,
    h('button', { type: 'button', 'aria-label': `Copy ${label}`, onclick: copy }, 'Copy'),
  )
}
