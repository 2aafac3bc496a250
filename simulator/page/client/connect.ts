/*
 * What an integration needs: addresses, a token, the OAuth app, and a first request to copy.
 */
import type { OauthApp } from '../../workspace/model.ts'
import { notice, read } from './controls.ts'
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
