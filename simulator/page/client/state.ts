/*
 * The simulator's clock, and its whole state: snapshots to come back to, and the way back to the start.
 */
import { act, confirmed, notice, read } from './controls.ts'
import { emptyState, h, pageHead, refill, timeText } from './dom.ts'
import type { OpenScreen } from './screen.ts'

const steps: readonly (readonly [string, number])[] = [
  ['1 second', 1000],
  ['10 seconds', 10_000],
  ['1 minute', 60_000],
  ['10 minutes', 600_000],
  ['1 hour', 3_600_000],
  ['12 hours', 43_200_000],
]

interface KeptSnapshot {
  readonly name: string
  readonly json: string
}

/** Kept by this page until it is loaded anew; a file outlives it. */
const snapshots: KeptSnapshot[] = []
let taken = 0

export const openState: OpenScreen = (main) => {
  const time = h('p', { class: 'clock' })
  const clockState = h('span', { class: 'chip' })
  const freeze = h('button', { type: 'button', 'data-key': 'freeze' })
  const stepButtons = h('div', { class: 'actions', role: 'group', 'aria-label': 'Step the clock' })
  const list = h('div')
  let isFrozen: boolean | null = null

  main.append(
    pageHead('Clock and state', 'Stop the time and step it; keep the whole workspace and come back to it.'),
    h(
      'div',
      { class: 'two' },
      h(
        'section',
        { class: 'card stack', 'aria-labelledby': 'clock-title' },
        h('h2', { id: 'clock-title' }, 'Clock'),
        time,
        h('p', {}, clockState),
        h('div', { class: 'actions' }, freeze),
        h(
          'p',
          { class: 'sub' },
          'In a frozen time answers take none; delays of reads, rate limits, codes and tokens follow this clock.',
        ),
        stepButtons,
      ),
      h(
        'section',
        { class: 'card stack', 'aria-labelledby': 'state-title' },
        h('h2', { id: 'state-title' }, 'State'),
        h(
          'div',
          { class: 'actions' },
          h('button', { type: 'button', class: 'primary', onclick: () => void take() }, 'Take a snapshot'),
          fileButton(),
          h('button', { type: 'button', class: 'danger', onclick: () => void reset() }, 'Reset'),
        ),
        h('p', { class: 'sub' }, 'A snapshot holds people, groups, tokens, settings, knobs and the audit log.'),
        list,
      ),
    ),
  )
  freeze.addEventListener('click', () => {
    void act('POST', 'clock', isFrozen === true ? { unfreeze: true } : { freeze: true })
  })
  for (const [label, stepMs] of steps) {
    stepButtons.append(
      h('button', { type: 'button', onclick: () => void act('POST', 'clock', { stepMs }) }, `+ ${label}`),
    )
  }
  showList()

  async function take(): Promise<void> {
    const snapshot = await read<unknown>('snapshot')
    snapshots.unshift({ name: `Snapshot ${++taken}, ${timeText(Date.now())}`, json: JSON.stringify(snapshot) })
    showList()
    notice('The snapshot is taken.')
  }

  function showList(): void {
    refill(
      list,
      snapshots.length === 0
        ? emptyState('No snapshot yet', 'Take one before you try something you want to undo.')
        : h('ul', { class: 'cards' }, snapshots.map(keptRow)),
    )
  }

  function keptRow({ name, json }: KeptSnapshot): HTMLElement {
    const restore = async (): Promise<void> => {
      if (await confirmed('Go back to this snapshot? What happened since is lost.', 'Go back')) {
        await act('POST', 'restore', json, 'The workspace is as it was.')
      }
    }
    return h(
      'li',
      { class: 'card gauge-head' },
      h('span', {}, name),
      h(
        'span',
        { class: 'actions' },
        h('button', { type: 'button', 'aria-label': `Download ${name}`, onclick: () => download(json) }, 'Download'),
        h('button', { type: 'button', 'aria-label': `Go back to ${name}`, onclick: () => void restore() }, 'Go back'),
      ),
    )
  }

  function fileButton(): HTMLElement {
    const input = h('input', {
      type: 'file',
      accept: 'application/json',
      class: 'unseen',
      id: 'snapshot-file',
      onchange: () => {
        const [file] = input.files ?? []
        input.value = ''
        if (file !== undefined) void file.text().then((json) => act('POST', 'restore', json, 'The file is restored.'))
      },
    })
    return h('label', { class: 'button', for: 'snapshot-file' }, 'Restore from a file', input)
  }

  async function reset(): Promise<void> {
    if (await confirmed('Reset the workspace to its start? Knobs, faults and logs too.', 'Reset')) {
      await act('POST', 'reset', undefined, 'The workspace is as at the start.')
    }
  }

  return {
    beat(pulse) {
      time.textContent = `${timeText(pulse.now)} UTC`
      if (pulse.isFrozen === isFrozen) return
      isFrozen = pulse.isFrozen
      clockState.className = `chip ${isFrozen ? 'warn' : 'good'}`
      clockState.textContent = isFrozen ? 'Frozen' : 'Running'
      freeze.textContent = isFrozen ? 'Let it run again' : 'Freeze'
    },
  }
}

function download(json: string): void {
  const href = URL.createObjectURL(new Blob([json], { type: 'application/json' }))
  h('a', { href, download: 'slack-workspace.json' }).click()
  URL.revokeObjectURL(href)
}
