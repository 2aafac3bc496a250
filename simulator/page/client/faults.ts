/*
 * The fault panel: what should go wrong, for which requests, how often; and what is armed.
 */
import type { Fault, FaultKind, FaultSeed } from '../../faults.ts'
import { act } from './controls.ts'
import { emptyState, h, pageHead, refill } from './dom.ts'
import type { OpenScreen } from './screen.ts'

const kinds: readonly (readonly [FaultKind, string, string])[] = [
  ['status', 'Error status', 'An error before anything happens, for example 503.'],
  ['html502', 'HTML page of a proxy', 'Status 502 with a page instead of JSON.'],
  ['reset', 'Connection reset', 'The connection breaks before the request took effect.'],
  ['resetAfter', 'Connection reset, after the effect', 'The request took effect, the answer is lost.'],
  ['timeoutBefore', 'Time-out, without effect', 'No answer, and nothing happened.'],
  ['timeoutAfter', 'Time-out, after the effect', 'The request took effect, the answer never comes.'],
  ['slow', 'Slow answer', 'The answer takes longer, and its person or group stays locked until then.'],
  ['truncatedJson', 'Truncated JSON', 'The request took effect, half of the answer is missing.'],
  ['silent200', 'Silent 200', 'A success is answered, and nothing happened.'],
  ['updateDeactivates', 'Update that deactivates (April 2024)', 'An update of a person also deactivates the account.'],
]

const targets: readonly (readonly [string, string])[] = [
  ['', 'Everything'],
  ['/scim/', 'SCIM'],
  ['/Users', 'People'],
  ['/Users/', 'One person (by id)'],
  ['/Users\\?|/Users$', 'Lists and creates of people'],
  ['/Groups', 'Groups'],
  ['/api/', 'Web API and OAuth'],
]
const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']

export const openFaults: OpenScreen = (main) => {
  const list = h('div')
  main.append(
    pageHead(
      'Faults',
      'What goes wrong on purpose. A fault strikes the next requests it matches.',
      h(
        'button',
        { type: 'button', onclick: () => void act('DELETE', 'faults', undefined, 'Nothing is armed any more.') },
        'Disarm all',
      ),
    ),
    h('div', { class: 'two' }, form(), h('section', { 'aria-label': 'Armed faults' }, h('h2', {}, 'Armed'), list)),
  )
  let shown = ''
  return {
    beat({ faults }) {
      const fresh = JSON.stringify(faults)
      if (fresh === shown) return
      shown = fresh
      refill(
        list,
        faults.length === 0
          ? emptyState('All is well', 'No fault is armed.')
          : h('ul', { class: 'cards' }, faults.map(armedFault)),
      )
    },
  }
}

function labelled(label: string, control: HTMLElement): HTMLElement {
  return h('label', { class: 'field' }, h('span', {}, label), control)
}

function form(): HTMLElement {
  const what = h('p', { class: 'sub', id: 'fault-kind-meaning' }, kinds[0]?.[2])
  const kind = h(
    'select',
    { name: 'kind', 'aria-describedby': 'fault-kind-meaning' },
    kinds.map(([value, label]) => h('option', { value }, label)),
  )
  const method = h(
    'select',
    { name: 'method' },
    h('option', { value: '' }, 'Any method'),
    methods.map((name) => h('option', { value: name }, name)),
  )
  const target = h(
    'select',
    { name: 'target' },
    targets.map(([value, label]) => h('option', { value }, label)),
    h('option', { value: 'own' }, 'Own pattern'),
  )
  const pattern = h('input', { name: 'pattern', type: 'text', placeholder: 'filter=email', autocomplete: 'off' })
  const often = h(
    'select',
    { name: 'often' },
    h('option', { value: 'next' }, 'The next requests'),
    h('option', { value: 'chance' }, 'By chance'),
    h('option', { value: 'always' }, 'Always'),
  )
  const next = h('input', { name: 'next', type: 'number', min: 1, max: 100_000, value: 1, required: true })
  const chance = h('input', { name: 'chance', type: 'number', min: 1, max: 100, value: 10, required: true })
  const status = h('input', { name: 'status', type: 'number', min: 400, max: 599, value: 503, required: true })
  const delay = h('input', { name: 'delay', type: 'number', min: 0, max: 600_000, value: 2000, required: true })
  const fields = {
    pattern: labelled('Regular expression for path and query', pattern),
    next: labelled('How many', next),
    chance: labelled('Chance in percent', chance),
    status: labelled('Status', status),
    delay: labelled('Milliseconds', delay),
  }

  function showFields(): void {
    what.textContent = kinds.find(([name]) => name === kind.value)?.[2] ?? ''
    const needed = {
      pattern: target.value === 'own',
      next: often.value === 'next',
      chance: often.value === 'chance',
      status: kind.value === 'status',
      delay: kind.value === 'slow',
    }
    for (const [name, isNeeded] of Object.entries(needed)) {
      const field = fields[name as keyof typeof fields]
      field.hidden = !isNeeded
      // A control that is not shown must not keep the form from being sent.
      for (const control of field.querySelectorAll('input')) control.disabled = !isNeeded
    }
  }

  function asked(): FaultSeed {
    const path = target.value === 'own' ? pattern.value : target.value
    return {
      kind: kind.value as FaultKind,
      ...(method.value === '' ? {} : { method: `^${method.value}$` }),
      ...(path === '' ? {} : { path }),
      ...(often.value === 'next' ? { next: Number(next.value) } : {}),
      ...(often.value === 'chance' ? { probability: Number(chance.value) / 100 } : {}),
      ...(kind.value === 'status' ? { status: Number(status.value) } : {}),
      ...(kind.value === 'slow' ? { delayMs: Number(delay.value) } : {}),
    }
  }

  const element = h(
    'form',
    {
      class: 'card stack',
      'aria-label': 'Arm a fault',
      onchange: showFields,
      onsubmit: (event) => {
        event.preventDefault()
        void act('POST', 'faults', asked(), 'The fault is armed.')
      },
    },
    h('h2', {}, 'Arm a fault'),
    h('div', {}, labelled('What happens', kind), what),
    h('div', { class: 'columns' }, labelled('Method', method), labelled('Requests', target)),
    fields.pattern,
    h('div', { class: 'columns' }, labelled('How often', often), fields.next, fields.chance),
    h('div', { class: 'columns' }, fields.status, fields.delay),
    h('div', { class: 'actions' }, h('button', { class: 'primary' }, 'Arm')),
  )
  showFields()
  return element
}

function armedFault(fault: Fault): HTMLElement {
  const { id, kind, hits, next } = fault
  const label = kinds.find(([name]) => name === kind)?.[1] ?? kind
  const isSpent = next !== undefined && hits >= next
  return h(
    'li',
    { class: `card ${isSpent ? 'faded' : ''}` },
    h(
      'p',
      { class: 'gauge-head' },
      h('strong', {}, label),
      h(
        'button',
        {
          type: 'button',
          'aria-label': `Disarm ${label}, number ${id}`,
          'data-key': `disarm-${id}`,
          onclick: () => void act('DELETE', `faults/${id}`, undefined, `${label} is disarmed.`),
        },
        'Disarm',
      ),
    ),
    h('p', { class: 'sub' }, scopeText(fault)),
    h('p', {}, hits === 0 ? 'Has not struck yet.' : `${isSpent ? 'Used up: struck' : 'Struck'} ${timesText(hits)}.`),
  )
}

function timesText(count: number): string {
  return count === 1 ? 'once' : `${count} times`
}

function scopeText({ method, path, next, probability, status, delayMs }: Fault): string {
  return [
    method === undefined ? 'Any method' : method.replaceAll(/[\^$]/g, ''),
    path === undefined ? 'everything' : (targets.find(([value]) => value === path)?.[1].toLowerCase() ?? path),
    next !== undefined ? `next ${next}` : probability !== undefined ? `${probability * 100} % by chance` : 'always',
    status === undefined ? '' : `status ${status}`,
    delayMs === undefined ? '' : `${delayMs} ms`,
  ]
    .filter((part) => part !== '')
    .join(', ')
}
