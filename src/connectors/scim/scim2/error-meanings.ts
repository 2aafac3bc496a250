/*
 * What SCIM 2.0 services say went wrong: by `scimType` where there is one, else by the status (RFC 7644 3.12).
 */
import { credentialFailureCode } from '../../../vocabulary/index.ts'
import type { ErrorMeaning, ErrorNames } from '../error-names.ts'

const ofObject = { scope: 'object', retry: 'backoff', handling: 'report' } as const

function meaning(code: string, advice: string, more: Partial<ErrorMeaning> = {}): ErrorMeaning {
  return { ...ofObject, code, advice, ...more }
}

export const scimTypes: ErrorNames = new Map([
  ['uniqueness', meaning('Conflict', 'Another object has the same identifying value; match it, or change the value.')],
  [
    'invalidValue',
    meaning('UnprocessableEntity', 'A value is missing or not accepted; check the mapping and the source.'),
  ],
  ['mutability', meaning('UnprocessableEntity', 'An attribute cannot be changed; map it on creation only.')],
  ['invalidPath', meaning('SchemaAttributeNotFound', 'The service does not know an attribute; check the mapping.')],
  [
    'noTarget',
    meaning(
      'UnprocessableEntity',
      'The service found nothing to change under a path; it is written whole in the next cycle.',
      { retry: 'nextCycle' },
    ),
  ],
  [
    'invalidSyntax',
    meaning(
      'UnprocessableEntity',
      'The service could not read the request; compare it with the profile of the service.',
    ),
  ],
  [
    'invalidFilter',
    meaning('InternalError', 'The service does not know this filter; set "filter" in the profile to "never".'),
  ],
  [
    'tooMany',
    meaning('InternalError', 'The filter finds more than the service wants to give; match by another attribute.'),
  ],
  [
    'sensitive',
    meaning('NotPermitted', 'The service does not take this value in an address; match by another attribute.'),
  ],
])

export const filterRefusals2: ReadonlySet<string> = new Set(['invalidFilter', 'sensitive'])
/** A member that does not exist, or may not be one. */
export const memberRefusals2: ReadonlySet<string> = new Set(['invalidValue', 'noTarget'])

export const statusMeanings: ReadonlyMap<number, ErrorMeaning> = new Map([
  [401, meaning(credentialFailureCode, 'The token was not accepted; enter a valid one.', { scope: 'job' })],
  [
    403,
    meaning('InsufficientRights', 'The token may not do this; give its account the right, or leave the object alone.'),
  ],
  [404, meaning('InvalidAnchor', 'The linked object is gone; remove the link or restart with cleared links.')],
  [409, meaning('Conflict', 'Another object has the same identifying value; match it, or change the value.')],
  [
    412,
    meaning('UnprocessableEntity', 'The object changed meanwhile; it is written in the next cycle.', {
      retry: 'nextCycle',
    }),
  ],
  [413, meaning('UnprocessableEntity', 'The request was too large; lower "membersPerWriteMax" in the profile.')],
  [501, meaning('NotImplemented', 'The service does not offer this; see its documentation.')],
])
