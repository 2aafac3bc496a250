/* Which fields of a profile are locked and hidden, under which settings (slack.md 3.2, section 7). */
import { expect, test } from 'vitest'
import { aUser, aWorkspace } from '../../test/builders/slack-workspace.ts'
import type { WorkspaceSettings } from '../index.ts'
import { profileOf } from './profile-fields.ts'
import type { ProfileField } from './profile-fields.ts'

async function fieldsUnder(settings: Partial<WorkspaceSettings>): Promise<(name: string) => ProfileField | undefined> {
  const { simulator, send } = aWorkspace()
  const user = aUser('nina', { title: 'Captain', userType: 'Employee', displayName: 'Nina' })
  await send('POST', '/scim/v1/Users', user)
  simulator.setSettings(settings)
  const person = simulator.person('nina')
  if (person === undefined) throw new Error('Nina was not made.')
  const fields = profileOf(person, simulator.settings, () => undefined).flatMap((section) => section.fields)
  return (name) => fields.find((field) => field.name === name)
}

test('profile sync locks what a sign-in overwrites, the other switches lock their own field', async () => {
  const locks = async (settings: Partial<WorkspaceSettings>): Promise<readonly boolean[]> => {
    const field = await fieldsUnder(settings)
    return ['name', 'displayName', 'email'].map((name) => field(name)?.lock !== null)
  }
  expect(await locks({ profileSync: true, allowDisplayNameChange: true, allowEmailChange: true })).toEqual([
    true,
    true,
    true,
  ])
  const free = { profileSync: false, allowDisplayNameChange: true, allowEmailChange: true }
  expect(await locks(free)).toEqual([false, false, false])
  expect(await locks({ ...free, allowDisplayNameChange: false })).toEqual([false, true, false])
  expect(await locks({ ...free, allowEmailChange: false })).toEqual([false, false, true])
})

test('what SCIM provisioned is locked whatever the switches say; what is not set is not', async () => {
  const field = await fieldsUnder({ profileSync: false, hiddenFields: ['department', 'userType'] })
  expect(field('title')).toMatchObject({ value: 'Captain', lock: 'Provisioned by SCIM' })
  expect(field('userType')).toMatchObject({ value: 'Employee', lock: 'Provisioned by SCIM', isHidden: true })
  expect(field('department')).toMatchObject({ value: '', lock: null, isHidden: true })
  expect(field('costCenter')).toMatchObject({ value: '', lock: null, isHidden: false })
})
