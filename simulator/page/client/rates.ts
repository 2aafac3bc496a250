/*
 * The token buckets of Slack's rate limits, live.
 */
import type { BucketLevel } from '../../scim/rate-limits.ts'
import { act } from './controls.ts'
import { h, pageHead } from './dom.ts'
import type { OpenScreen } from './screen.ts'

interface Gauge {
  readonly element: HTMLElement
  show(level: BucketLevel): void
}

const labels: ReadonlyMap<string, string> = new Map([
  ['writes', 'All writes'],
  ['reads', 'All reads'],
])
const lowShare = 0.2

export const openRates: OpenScreen = (main) => {
  const gauges = new Map<string, Gauge>()
  const organisation = h('div', { class: 'gauges' })
  const endpoints = h('div', { class: 'gauges' })
  const off = h('p', { class: 'callout', hidden: true }, 'The limits are switched off: the knob rate scale is 0.')
  const refillAll = h(
    'button',
    { type: 'button', onclick: () => void act('DELETE', 'rate', undefined, 'All buckets are full.') },
    'Fill up all',
  )
  main.append(
    pageHead(
      'Rate limits',
      'A request takes one token from its endpoint and one from the organisation. Empty is 429 with Retry-After.',
      refillAll,
    ),
    off,
    h('h2', {}, 'Whole organisation'),
    organisation,
    h('h2', {}, 'Per endpoint'),
    endpoints,
  )
  return {
    beat({ rate }) {
      off.hidden = rate.every(({ capacity }) => capacity > 0)
      for (const level of rate) {
        let gauge = gauges.get(level.name)
        if (gauge === undefined) {
          gauge = createGauge(labels.get(level.name) ?? level.name)
          gauges.set(level.name, gauge)
          const parent = labels.has(level.name) ? organisation : endpoints
          parent.append(gauge.element)
        }
        gauge.show(level)
      }
    },
  }
}

function createGauge(label: string): Gauge {
  const fill = h('span', { class: 'gauge-fill' })
  const meter = h('div', { class: 'gauge big', role: 'meter', 'aria-label': label, 'aria-valuemin': 0 }, fill)
  const number = h('strong')
  const pace = h('span', { class: 'sub' })
  return {
    element: h('div', { class: 'card' }, h('p', { class: 'gauge-head' }, h('span', {}, label), number), meter, pace),
    show({ tokens, capacity, perSecond }) {
      const share = capacity === 0 ? 1 : tokens / capacity
      fill.style.width = `${share * 100}%`
      meter.classList.toggle('low', share < lowShare)
      meter.setAttribute('aria-valuemax', String(capacity))
      meter.setAttribute('aria-valuenow', String(Math.floor(tokens)))
      number.textContent = capacity === 0 ? 'no limit' : `${Math.floor(tokens)} of ${capacity}`
      pace.textContent =
        capacity === 0
          ? ''
          : `${Math.round(perSecond * 60)} a minute, ${perSecond.toFixed(perSecond < 10 ? 1 : 0)} a second`
    },
  }
}
