/*
 * How the two versions spell the same things (slack.md 2.6).
 */
import type { ScimVersion } from './refusal.ts'

export interface Dialect {
  readonly version: ScimVersion
  readonly coreUser: string
  readonly coreGroup: string
  readonly enterprise: string
  readonly guest: string
  readonly profile: string
  readonly listSchemas: readonly string[]
  /** Any of these in `schemas` says that the sender knows which version it speaks. */
  readonly writeSchemas: ReadonlySet<string>
}

const v1: Dialect = {
  version: 'v1',
  coreUser: 'urn:scim:schemas:core:1.0',
  coreGroup: 'urn:scim:schemas:core:1.0',
  enterprise: 'urn:scim:schemas:extension:enterprise:1.0',
  guest: 'urn:scim:schemas:extension:slack:guest:1.0',
  profile: 'urn:scim:schemas:extension:slack:profile:1.0',
  listSchemas: ['urn:scim:schemas:core:1.0'],
  writeSchemas: new Set([
    'urn:scim:schemas:core:1.0',
    'urn:scim:schemas:extension:enterprise:1.0',
    'urn:scim:schemas:extension:slack:guest:1.0',
    'urn:scim:schemas:extension:slack:profile:1.0',
  ]),
}

const v2: Dialect = {
  version: 'v2',
  coreUser: 'urn:ietf:params:scim:schemas:core:2.0:User',
  coreGroup: 'urn:ietf:params:scim:schemas:core:2.0:Group',
  enterprise: 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User',
  guest: 'urn:ietf:params:scim:schemas:extension:slack:guest:2.0:User',
  profile: 'urn:ietf:params:scim:schemas:extension:slack:profile:2.0:User',
  listSchemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'],
  writeSchemas: new Set([
    'urn:ietf:params:scim:schemas:core:2.0:User',
    'urn:ietf:params:scim:schemas:core:2.0:Group',
    'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User',
    'urn:ietf:params:scim:schemas:extension:slack:guest:2.0:User',
    'urn:ietf:params:scim:schemas:extension:slack:profile:2.0:User',
    'urn:ietf:params:scim:api:messages:2.0:PatchOp',
  ]),
}

export const dialects: Readonly<Record<ScimVersion, Dialect>> = { v1, v2 }
