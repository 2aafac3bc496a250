/*
 * What one SCIM 2.0 service does in its own way, as data: a file an administrator may write, and what the service says of
 * itself (RFC 7644 section 4).
 */
import { z } from 'zod'
import { enterpriseUrn } from './urns.ts'

const form = z
  .object({
    /** What messages call the service. */
    name: z.string().min(1),
    /** `path`: an operation for each attribute. `noPath`: all single attributes in one operation without a path. */
    patch: z.enum(['path', 'noPath']),
    /** `filter`: `members[value eq "..."]`, an operation each. `valueList`: one operation with the list of members. */
    memberRemoval: z.enum(['filter', 'valueList']),
    membersPerWriteMax: z.number().int().min(1),
    /** Most members a group may have; `null` for no limit that is known. */
    groupMembersMax: z.number().int().min(1).nullable(),
    /** Of a service that has no `ServiceProviderConfig` or says there what is not so. */
    filter: z.enum(['asAnnounced', 'always', 'never']),
    /** 25 is what a provisioning client may expect of a service (spec 15.3); `null` sends without a limit of its own. */
    requestsPerSecond: z.number().positive().nullable(),
    /** Attributes that are never read back as they were sent. */
    writeOnly: z.array(z.string()),
    /** Names of the mapping and where they live here, e.g. `{"costCentre": "urn:...:User:costCenter"}`. */
    attributes: z.record(z.string(), z.string()),
  })
  .partial()
  .strict()

export type Scim2Profile = {
  readonly [key in keyof z.infer<typeof form>]-?: Exclude<z.infer<typeof form>[key], undefined>
}

const slackEnterprise = 'urn:scim:schemas:extension:enterprise:1.0.'

/** A job keeps its mapping when its target changes from Slack's older dialect to SCIM 2.0. */
const namesOfSlack: Readonly<Record<string, string>> = Object.fromEntries<string>([
  ...['department', 'employeeNumber', 'costCenter', 'organization', 'division', 'manager'].map(
    (field): [string, string] => [slackEnterprise + field, `${enterpriseUrn}:${field}`],
  ),
  ...['streetAddress', 'locality', 'region', 'postalCode', 'country'].map((part): [string, string] => [
    `addresses[type eq "untyped"].${part}`,
    `addresses[type eq "work"].${part}`,
  ]),
])

export const plainProfile: Scim2Profile = {
  name: 'SCIM 2.0',
  patch: 'path',
  memberRemoval: 'filter',
  membersPerWriteMax: 1000,
  groupMembersMax: null,
  filter: 'asAnnounced',
  requestsPerSecond: 25,
  writeOnly: ['photos[type eq "photo"].value', 'password'],
  attributes: namesOfSlack,
}

export class Scim2ProfileError extends Error {
  override readonly name = 'Scim2ProfileError'
}

/** Reads the profile an administrator has written; what it does not say is as in `plainProfile`. */
export function readScim2Profile(text: string): Scim2Profile {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) throw new Scim2ProfileError(`The profile is not JSON (${error.message}).`)
    throw error
  }
  const read = form.safeParse(json)
  if (!read.success) {
    const [issue] = read.error.issues
    throw new Scim2ProfileError(`The profile's ${issue?.path.join('.') ?? ''} cannot be used: ${issue?.message ?? ''}.`)
  }
  const given = Object.fromEntries(Object.entries(read.data).filter(([, value]) => value !== undefined))
  const own = { ...plainProfile, ...(given as Partial<Scim2Profile>) }
  return { ...own, attributes: { ...plainProfile.attributes, ...own.attributes } }
}
