import { describe, expect, test } from 'vitest'
import { defaultAccessRoleId, type AssignmentPath, type SourceObject } from '../vocabulary/index.ts'
import { compileSchema } from './compiled-schema.ts'
import { scopeObject, scopingStep, type ScopeDecision, type ScopeSettings } from './scoping.ts'
import { slackSchema } from './templates/slack.ts'

const schema = compileSchema(slackSchema({ id: 'job', version: '1', provisionGroups: true }))
const usual: ScopeSettings = { syncAll: false, defaultAccessIsEntitled: true }

const direct: AssignmentPath = {
  kind: 'direct',
  appRoleId: defaultAccessRoleId,
  appRoleDisplayName: 'Default Access',
  appRoleValue: null,
}
const throughCrew: AssignmentPath = { ...direct, kind: 'group', groupId: 'crew', groupDisplayName: 'Crew' }
const withRole: AssignmentPath = { ...direct, appRoleId: 'r1', appRoleDisplayName: 'User', appRoleValue: 'user' }

const ana = (more: Partial<SourceObject> = {}): SourceObject => ({
  objectType: 'User',
  anchor: 'ana',
  presence: 'present',
  attributes: { displayName: 'Ana', accountEnabled: true },
  assignments: [direct],
  ...more,
})

function decide(source: SourceObject, settings: Partial<ScopeSettings> = {}): ScopeDecision {
  const mapping = schema.objectMappings.get(source.objectType)
  if (mapping === undefined) throw new Error('the template maps users and groups')
  const result = scopeObject(source, mapping, { ...usual, ...settings })
  if (result.kind !== 'decided') throw new Error(result.message)
  return result.decision
}

describe('who is in scope (spec section 3)', () => {
  test.each([
    ['assigned directly', [direct]],
    ['a direct member of an assigned group', [throughCrew]],
  ])('%s', (_how, assignments) => {
    expect(decide(ana({ assignments }))).toMatchObject({ inScope: true, isEntitled: true, skipCode: null, why: '' })
  })

  test('everybody when the scope is all', () => {
    expect(decide(ana({ assignments: [] }), { syncAll: true }).inScope).toBe(true)
  })

  test('without accountEnabled an account counts as enabled', () => {
    expect(decide(ana({ attributes: {} })).isActive).toBe(true)
  })

  test('a group counts by itself, not by the group it is nested in', () => {
    const group = { ...ana(), objectType: 'Group' as const, attributes: { displayName: 'Inner' } }
    expect(decide({ ...group, assignments: [throughCrew] }).inScope).toBe(false)
    expect(decide({ ...group, assignments: [throughCrew, direct] }).inScope).toBe(true)
  })

  test('Default Access permits provisioning unless the setting says otherwise; any other role does', () => {
    const strict = { defaultAccessIsEntitled: false }
    expect(decide(ana(), strict)).toMatchObject({ inScope: false, hasRole: false, skipCode: 'NotEffectivelyEntitled' })
    expect(decide(ana({ assignments: [direct, withRole] }), strict).inScope).toBe(true)
  })
})

describe('why not', () => {
  test.each([
    ['disabled', ana({ attributes: { accountEnabled: false } }), 'accountEnabled'],
    ['soft-deleted', ana({ presence: 'softDeleted' }), 'recycle bin'],
    ['deleted for good', ana({ presence: 'hardDeleted', attributes: {} }), 'deleted for good'],
  ])('%s in the source: not active, yet still entitled', (_how, source, word) => {
    const decision = decide(source)
    expect(decision).toMatchObject({ inScope: false, isActive: false, isEntitled: true })
    expect(decision.skipCode).toBe('NotEffectivelyEntitled')
    expect(decision.why).toContain(word)
  })

  test('one cause stands alone, several are numbered', () => {
    expect(decide(ana({ assignments: [] })).why).toMatch(/^It is not assigned/)
    expect(decide(ana({ assignments: [], presence: 'softDeleted' })).why).toMatch(/^1\. .*recycle bin.* 2\. It is not/)
  })

  test('the step shows each answer', () => {
    const source = ana({ assignments: [throughCrew] })
    expect(scopingStep(source, { kind: 'decided', decision: decide(source) })).toEqual({
      name: 'EntrySynchronizationScoping',
      provisioningStepType: 'scoping',
      status: 'success',
      description: 'User is in scope.',
      details: {
        'Active in the source system': 'True',
        'Assigned to the application': 'True',
        'User has the required role': 'True',
        'Scoping filter evaluation passed': 'True',
        IsEffectivelyEntitledForProvisioning: 'True',
        ScopeEvaluationResult: '{}',
        'Assigned through': 'group Crew',
      },
    })
  })
})
