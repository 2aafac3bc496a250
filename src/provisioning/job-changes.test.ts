/* What the audit log says of a changed job: every difference by its path, and nothing that could be a secret. */
import { expect, test } from 'vitest'
import { aJob } from '../../test/builders/stored.ts'
import { usualJobSettings, type SynchronizationSchema } from '../vocabulary/index.ts'
import { jobChanges } from './job-changes.ts'
import { slackSchema } from './templates/slack.ts'

const schema = slackSchema({ id: 'job', version: '1', provisionGroups: true })

/** The schema with another default behind the title, and another mapping before all others. */
function edited(): SynchronizationSchema {
  return {
    ...schema,
    synchronizationRules: schema.synchronizationRules.map((rule) => ({
      ...rule,
      objectMappings: rule.objectMappings.map((mapping) => {
        const title = mapping.attributeMappings.find((each) => each.targetAttributeName === 'title')
        if (title === undefined) return mapping
        const others = mapping.attributeMappings.map((each) =>
          each === title ? { ...each, defaultValue: 'Crew' } : each,
        )
        return { ...mapping, attributeMappings: [{ ...title, targetAttributeName: 'nickName' }, ...others] }
      }),
    })),
  }
}

test('a job that stays the same has no changes', () => {
  expect(jobChanges(aJob(), aJob())).toEqual([])
  expect(jobChanges(null, null)).toEqual([])
  expect(jobChanges(aJob('job', { schema }), aJob('job', { schema: structuredClone(schema) }))).toEqual([])
})

test('where the job stands in its cycles is no change of its configuration', () => {
  expect(jobChanges(aJob(), aJob('job', { watermark: '9', nextRunAt: 1, steadyStateLastAchievedAt: 3 }))).toEqual([])
})

test('settings are told with old and new value, in order', () => {
  const settings = { ...usualJobSettings, defaultAccessIsEntitled: false }
  const deletionPrevention = { ...settings.deletionPrevention, threshold: 3, percentage: null }
  const after = aJob('job', { status: 'Paused', settings: { ...settings, syncAll: true, deletionPrevention } })
  expect(jobChanges(aJob('job', { settings }), after)).toEqual([
    { displayName: 'settings.deletionPrevention.percentage', oldValue: '20', newValue: null },
    { displayName: 'settings.deletionPrevention.threshold', oldValue: '500', newValue: '3' },
    { displayName: 'settings.syncAll', oldValue: 'false', newValue: 'true' },
    { displayName: 'status', oldValue: 'NotRun', newValue: 'Paused' },
  ])
})

test('of a mapping only what differs is told, though others moved', () => {
  const changes = jobChanges(aJob('job', { schema }), aJob('job', { schema: edited() }))
  const told = changes.map(({ displayName, oldValue, newValue }) => [
    displayName.replace(/^.*attributeMappings/, ''),
    oldValue,
    newValue,
  ])
  expect(told).toContainEqual(['[title].defaultValue', null, 'Crew'])
  expect(told.filter(([path]) => !String(path).startsWith('[nickName]'))).toHaveLength(1)
})

test('the address of a webhook is shown without what protects it', () => {
  const at = (webhookUrl: string | null): ReturnType<typeof aJob> =>
    aJob('job', { settings: { ...usualJobSettings, notifications: { isOn: true, recipients: null, webhookUrl } } })
  expect(jobChanges(at('https://hooks.example.com/T0/secret'), at('https://hooks.example.com/T0/other'))).toEqual([
    {
      displayName: 'settings.notifications.webhookUrl',
      oldValue: 'https://hooks.example.com/...',
      newValue: 'https://hooks.example.com/...',
    },
  ])
  expect(JSON.stringify(jobChanges(at(null), at('https://me:pass@hooks.example.com/x')))).not.toMatch(/pass|\/x/)
})
