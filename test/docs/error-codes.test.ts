/* The table of codes, the specification's list and docs/error-codes.md say the same. */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { errorCodes, type CodeKind } from '../../src/vocabulary/index.ts'

const page = readFileSync(new URL('../../docs/error-codes.md', import.meta.url), 'utf8')

const skipCodes = [
  'NotEffectivelyEntitled',
  'EntrySynchronizationSkipped',
  'RedundantExport',
  'ImportSkipped',
  'AttributeValidationFailed',
  'UnableToResolveReferenceAttributeValue',
  // Section 8 gives it its name.
  'StagedDelete',
  // Muster's own: Microsoft has no plans (docs/planning-and-approving.md).
  'PlanVoid',
  'NotPlanned',
  // Muster's own, too (docs/undo.md).
  'Undone',
]

const failureCodes = [
  'Conflict',
  'EntryConflict',
  'TooManyRequests',
  'InternalServerError',
  'InsufficientRights',
  'MethodNotAllowed',
  'NotPermitted',
  'Unauthorized',
  'UnprocessableEntity',
  'WebExceptionProtocolError',
  'InvalidAnchor',
  'NotImplemented',
  'MandatoryFieldsMissing',
  'MissingValues',
  'SchemaAttributeNotFound',
  'InternalError',
  'InvalidDomain',
  'Timeout',
  'LicenseLimitExceeded',
  'DuplicateTargetEntries',
  'DuplicateSourceEntries',
  'SystemForCrossDomainIdentityManagementMultipleEntriesInResponse',
  'SystemForCrossDomainIdentityManagementServiceIncompatible',
  'SystemForCrossDomainIdentityManagementCredentialValidationFailure',
  'SchemaPropertyCanOnlyAcceptValue',
  // Ours: what is asked of an application without any secrets (docs/secrets.md).
  'CredentialsMissing',
]

/** Rows of the page's tables under each heading: code, meaning, when tried again, what to do. */
function rowsUnder(heading: string): readonly (readonly string[])[] {
  const section = page.split('\n## ').find((part) => part.startsWith(heading)) ?? ''
  return [...section.matchAll(/^\| `(\w+)` \| (.+?) \| (.+?) \| (.+?) \|$/gm)].map((match) => match.slice(1))
}

const headings: readonly (readonly [string, CodeKind])[] = [
  ['Skipped', 'skip'],
  ['Warning', 'warning'],
  ['Failure', 'failure'],
]

describe('error codes', () => {
  test('every code of the specification 12.3 and 12.4 is in the table, with four of our own, and no other', () => {
    expect(Object.keys(errorCodes).toSorted()).toEqual([...skipCodes, ...failureCodes].toSorted())
  })

  test.each(headings)('docs/error-codes.md lists under "%s" the codes of kind %s with their meaning and advice', (heading, kind) => {
    const wanted = Object.entries(errorCodes)
      .filter(([, entry]) => entry.kind === kind)
      .map(([code, entry]) => [code, entry.meaning, entry.action])
    const found = rowsUnder(heading).map(([code, meaning, , action]) => [code, meaning, action])
    expect(found).toEqual(wanted)
  })

  test('what the target caused is tried again in the next cycle, without the administrator (specification 6.5)', () => {
    const nextCycle = Object.entries(errorCodes).filter(([, entry]) => entry.retry === 'nextCycle')
    expect(nextCycle.map(([code]) => code).toSorted()).toEqual([
      'InternalError',
      'InternalServerError',
      'NotPlanned',
      'PlanVoid',
      'Timeout',
      'TooManyRequests',
      'Undone',
      'WebExceptionProtocolError',
    ])
    expect(nextCycle.every(([, entry]) => entry.action.startsWith('None'))).toBe(true)
  })
})
