/*
 * The request log: live, searched by the simulator, one request with headers and bodies at the side.
 */
import type { RequestLogEntry } from '../../request-log.ts'
import { act, read } from './controls.ts'
import { emptyState, h, icon, pageHead, refill, timeText } from './dom.ts'
import { createDrawer } from './drawer.ts'
import { go } from './screen.ts'
import type { OpenScreen } from './screen.ts'

interface RequestsAnswer {
  readonly count: number
  readonly entries: readonly RequestLogEntry[]
}

const shownMax = 200
const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']

export const openRequests: OpenScreen = (main) => {
  let entries: readonly RequestLogEntry[] = []
  let count = 0
  let asked = 0
  let isLive = true
  const drawer = createDrawer(() => {
    if (location.hash.startsWith('#/requests/')) go('requests')
  })
  const search = h('input', {
    type: 'search',
    id: 'request-search',
    placeholder: 'Path, status, fault or anything in a body',
    autocomplete: 'off',
    oninput: () => void load(),
  })
  const method = h(
    'select',
    { 'aria-label': 'Method', onchange: () => void load() },
    h('option', { value: '' }, 'Any method'),
    methods.map((name) => h('option', { value: name }, name)),
  )
  const outcome = h(
    'select',
    { 'aria-label': 'Outcome', onchange: () => void load() },
    h('option', { value: '' }, 'Any outcome'),
    h('option', { value: 'ok' }, 'Succeeded'),
    h('option', { value: 'failed' }, 'Failed'),
  )
  const live = h(
    'button',
    {
      type: 'button',
      'aria-pressed': 'true',
      onclick: () => {
        isLive = !isLive
        live.setAttribute('aria-pressed', String(isLive))
        if (isLive) void load()
      },
    },
    'Live',
  )
  const clear = h(
    'button',
    {
      type: 'button',
      onclick: () => void act('DELETE', 'requests', undefined, 'The request log is empty.').then(load),
    },
    'Clear',
  )
  const body = h('tbody')
  const empty = h('div')
  const foot = h('p', { class: 'pager', role: 'status' })
  main.append(
    pageHead('Requests', 'Everything that was asked of this Slack, newest first. Secrets are masked.', live, clear),
    h(
      'div',
      { class: 'toolbar' },
      h(
        'div',
        { class: 'search' },
        icon('search'),
        h('label', { for: 'request-search', class: 'unseen' }, 'Search requests'),
        search,
        h('kbd', { 'aria-hidden': 'true' }, '/'),
      ),
      method,
      outcome,
    ),
    h(
      'div',
      { class: 'table requests' },
      h(
        'table',
        {},
        h('caption', { class: 'unseen' }, 'Requests'),
        h(
          'thead',
          {},
          h(
            'tr',
            {},
            h('th', { scope: 'col' }, 'Request'),
            h('th', { scope: 'col' }, 'Status'),
            h('th', { scope: 'col', class: 'wide' }, 'Took'),
            h('th', { scope: 'col', class: 'wide' }, 'Fault'),
            h('th', { scope: 'col', class: 'wide' }, 'Time (UTC)'),
          ),
        ),
        body,
      ),
    ),
    empty,
    foot,
  )

  async function load(): Promise<void> {
    const number = ++asked
    const query = new URLSearchParams({ limit: String(shownMax) })
    if (search.value !== '') query.set('text', search.value)
    if (method.value !== '') query.set('method', method.value)
    if (outcome.value !== '') query.set('outcome', outcome.value)
    const answer = await read<RequestsAnswer>(`requests?${query.toString()}`)
    if (number !== asked) return
    entries = answer.entries
    count = answer.count
    fill()
  }

  function fill(): void {
    refill(body, entries.map(row))
    const isFiltered = search.value !== '' || method.value !== '' || outcome.value !== ''
    refill(
      empty,
      entries.length === 0 &&
        (isFiltered
          ? emptyState('No request found', 'No request of the latest thousand fits these filters.')
          : emptyState('No requests yet', 'Point a SCIM client at this address; each request appears here at once.')),
    )
    foot.textContent = entries.length === 0 ? '' : `${entries.length} shown, ${count} requests since the start`
  }

  function showRequest(id: string): void {
    const entry = entries.find(({ number }) => String(number) === id)
    if (entry !== undefined) {
      drawer.fill(`${entry.method} ${pathOf(entry.url)}`, ...detail(entry))
      return
    }
    void read<RequestsAnswer>('requests').then((answer) => {
      const found = answer.entries.find(({ number }) => String(number) === id)
      if (found === undefined) go('requests')
      else drawer.fill(`${found.method} ${pathOf(found.url)}`, ...detail(found))
    })
  }

  return {
    beat(pulse, before) {
      if (isLive && (before === null || pulse.requestCount !== count)) void load()
    },
    openDetail(id) {
      if (id === null) drawer.close()
      else showRequest(id)
    },
  }
}

function row(entry: RequestLogEntry): HTMLElement {
  const { number, method, url, tookMs, fault, at } = entry
  return h(
    'tr',
    {},
    h(
      'td',
      {},
      h(
        'div',
        { class: 'request' },
        h('span', { class: `method ${method.toLowerCase()}` }, method),
        h(
          'button',
          {
            type: 'button',
            class: 'row-button',
            'data-key': `request-${number}`,
            onclick: () => go('requests', String(number)),
          },
          readable(url),
        ),
      ),
    ),
    h('td', {}, statusChip(entry)),
    h('td', { class: 'wide number' }, `${tookMs} ms`),
    h('td', { class: 'wide number' }, fault),
    h('td', { class: 'wide number' }, timeText(at)),
  )
}

function statusChip({ status }: RequestLogEntry): HTMLElement {
  const kind = status === 0 || status >= 500 ? 'bad' : status >= 400 ? 'warn' : 'good'
  return h('span', { class: `chip ${kind}` }, status === 0 ? 'no answer' : status)
}

function detail(entry: RequestLogEntry): readonly HTMLElement[] {
  const { url, at, tookMs, fault, requestHeaders, responseHeaders, requestBody, responseBody } = entry
  return [
    h(
      'p',
      { class: 'chips' },
      statusChip(entry),
      ' ',
      h('span', { class: 'chip' }, `${tookMs} ms`),
      ' ',
      fault !== null && h('span', { class: 'chip bad' }, fault),
    ),
    h('p', { class: 'sub break' }, readable(url)),
    h('p', { class: 'sub' }, `${timeText(at)} UTC`),
    h('h3', {}, 'Request'),
    headerList(requestHeaders),
    bodyBlock('Body of the request', requestBody),
    h('h3', {}, 'Answer'),
    headerList(responseHeaders),
    bodyBlock('Body of the answer', responseBody),
  ]
}

function headerList(headers: Readonly<Record<string, string>>): HTMLElement {
  const entries = Object.entries(headers)
  if (entries.length === 0) return h('p', { class: 'sub' }, 'No headers.')
  return h(
    'dl',
    { class: 'headers' },
    entries.map(([name, value]) => h('div', {}, h('dt', {}, name), h('dd', {}, value))),
  )
}

function bodyBlock(label: string, body: string | null): HTMLElement {
  if (body === null || body === '') return h('p', { class: 'sub' }, body === '' ? 'Empty body.' : 'No body was kept.')
  return h('pre', { tabindex: '0', 'aria-label': label }, pretty(body))
}

function pretty(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2)
  } catch (error) {
    // A form, a page or a torn body is shown as it is.
    if (error instanceof SyntaxError) return body
    throw error
  }
}

function pathOf(url: string): string {
  return url.split('?')[0] ?? url
}

function readable(url: string): string {
  try {
    return decodeURIComponent(url.replaceAll('+', ' '))
  } catch (error) {
    if (error instanceof URIError) return url
    throw error
  }
}
