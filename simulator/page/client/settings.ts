/*
 * Settings of an administrator, single sign-on, and the knobs of behaviour that Slack does not document.
 */
import type { SamlSettings } from '../../workspace/model.ts'
import type { Adjustment } from '../adjustments.ts'
import { act, read } from './controls.ts'
import { h, pageHead, refill } from './dom.ts'
import { ssoForm } from './sso-form.ts'
import type { OpenScreen } from './screen.ts'

interface Adjustments {
  readonly settings: readonly Adjustment[]
  readonly knobs: readonly Adjustment[]
  readonly saml: SamlSettings | null
}

const baseNames = {
  documented: 'Documented by Slack',
  observed: 'Observed in answers of the real Slack',
  inferred: 'Inferred: Slack does not say',
  simulator: 'Of the simulator only',
} as const

export const openSettings: OpenScreen = (main) => {
  const settings = h('div', { class: 'card rows' })
  const sso = h('div')
  const knobs = h('div', { class: 'card rows' })
  const head = pageHead('Settings', 'What an administrator of the workspace sets. Everything takes effect at once.')
  const rest = [
    settings,
    h('h2', {}, 'Single sign-on'),
    sso,
    h('h2', {}, 'Knobs'),
    h(
      'p',
      { class: 'sub' },
      'Slack publishes neither a status for each error nor what happens in every corner. Each guess can be turned the other way.',
    ),
    knobs,
  ]
  main.append(head)
  let ssoShown: string | null = null

  async function load(): Promise<void> {
    const [fresh, { certificate }] = await Promise.all([
      read<Adjustments>('adjustments'),
      read<{ certificate: string }>('saml-certificate'),
    ])
    fillRows(settings, 'settings', fresh.settings, load)
    fillRows(knobs, 'knobs', fresh.knobs, load)
    const ssoFresh = JSON.stringify(fresh.saml)
    // A form somebody is filling in stays as it is.
    if (ssoShown !== ssoFresh) refill(sso, ssoForm(fresh.saml, certificate, load))
    ssoShown = ssoFresh
    // All at once, so that nothing is pushed down by what comes later.
    if (!settings.isConnected && head.isConnected) main.append(...rest)
  }

  return {
    beat(pulse, before) {
      if (before === null || pulse.version !== before.version) void load()
    },
  }
}

type Target = 'settings' | 'knobs'

/** Only rows that say something new are built anew, so that what somebody is typing in another one stays. */
function fillRows(parent: HTMLElement, target: Target, all: readonly Adjustment[], again: () => Promise<void>): void {
  for (const [index, adjustment] of all.entries()) {
    const known = parent.children[index]
    const state = JSON.stringify(adjustment)
    if (known instanceof HTMLElement && known.dataset['state'] === state) continue
    const hadFocus = known?.contains(document.activeElement) === true
    const fresh = row(target, adjustment, again)
    fresh.dataset['state'] = state
    if (known === undefined) parent.append(fresh)
    else known.replaceWith(fresh)
    if (hadFocus) fresh.querySelector<HTMLElement>('[data-key]')?.focus()
  }
}

function row(target: Target, adjustment: Adjustment, again: () => Promise<void>): HTMLElement {
  const { path, label, meaning, basis, value, usual } = adjustment
  const id = `${target}-${path}`
  const change = (wanted: unknown): void => {
    void act('PATCH', target, bodyOf(path, wanted), `${label}: saved.`).then(again)
  }
  const isUsual = JSON.stringify(value) === JSON.stringify(usual)
  return h(
    'div',
    { class: 'row' },
    h(
      'div',
      {},
      h('label', { for: id }, label),
      h('p', { class: 'sub', id: `${id}-meaning` }, meaning),
      h(
        'p',
        { class: 'chips' },
        h('span', { class: `chip basis ${basis}`, title: baseNames[basis] }, basis),
        !isUsual && h('span', { class: 'chip warn' }, `usually ${text(usual) === '' ? 'empty' : text(usual)}`),
      ),
    ),
    editor(adjustment, id, change),
  )
}

function bodyOf(path: string, wanted: unknown): unknown {
  const [name = '', field] = path.split('.')
  return { [name]: field === undefined ? wanted : { [field]: wanted } }
}

function editor({ kind, choices = [], value }: Adjustment, id: string, change: (wanted: unknown) => void): HTMLElement {
  const usualProps = { id, 'data-key': id, 'aria-describedby': `${id}-meaning` }
  switch (kind) {
    case 'switch': {
      const box = h('input', {
        ...usualProps,
        type: 'checkbox',
        role: 'switch',
        class: 'switch',
        checked: value === true,
        onchange: () => change(box.checked),
      })
      return box
    }
    case 'choice': {
      const offered = choices.includes(value as string) ? choices : [...choices, value as string]
      const select = h(
        'select',
        {
          ...usualProps,
          onchange: () => change(offered.find((choice) => String(choice) === select.value)),
        },
        offered.map((choice) => h('option', { value: choice, selected: choice === value }, choice)),
      )
      return select
    }
    case 'number': {
      const input = h('input', {
        ...usualProps,
        type: 'number',
        min: 0,
        step: 'any',
        value: text(value),
        onchange: () => change(Number(input.value)),
      })
      return input
    }
    case 'texts': {
      const input = h('input', {
        ...usualProps,
        type: 'text',
        value: text(value),
        onchange: () =>
          change(
            input.value
              .split(',')
              .map((part) => part.trim())
              .filter((part) => part !== ''),
          ),
      })
      return input
    }
    case 'text': {
      const input = h('input', {
        ...usualProps,
        type: 'text',
        value: text(value),
        onchange: () => change(input.value),
      })
      return input
    }
  }
}

function text(value: unknown): string {
  return Array.isArray(value) ? value.join(', ') : String(value)
}
