import { expect, test } from 'vitest'
import { aNotification } from '../../test/builders/stored.ts'
import { mailText } from './texts.ts'

test('a mail says what happened, whom it concerns and what to do', () => {
  const { subject, text } = mailText(aNotification('1'))
  expect(subject).toBe('Muster: Slack: 4 people and groups wait to be removed')
  const headings = text.split('\n').filter((line) => /^[A-Z][a-z ]+$/.test(line))
  expect(headings).toEqual(['What happened', 'Whom it concerns', 'What to do'])
  expect(text).toContain('4 removals in one cycle, and the threshold is 3.')
  expect(text).toContain('muster removals allow')
})

test.each([
  ['one is one', aNotification('1', { concerned: 1 }), '1 person or group waits'],
  ['a reason that is new is called so', aNotification('1', { kind: 'quarantineReasonChanged' }), 'its reason is new'],
  ['the end is told too', aNotification('1', { kind: 'quarantineLifted', found: null }), 'healthy again'],
  ['and when the job was given up', aNotification('1', { kind: 'jobDisabled' }), 'switched off after four weeks'],
] as const)('%s', (_what, notification, words) => {
  const { subject, text } = mailText(notification)
  expect(`${subject}\n${text}`).toContain(words)
})
