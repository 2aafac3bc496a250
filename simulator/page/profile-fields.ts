/*
 * A person's profile as Slack's page shows it: which fields, in which words, and which the member cannot edit any more
 * (slack.md 3.2, section 7).
 */
import { emptyProfile } from '../workspace/model.ts'
import type { Person, Profile, ProfileKey, WorkspaceSettings } from '../workspace/model.ts'

export interface ProfileField {
  readonly name: string
  readonly label: string
  readonly value: string
  /** Why the member cannot edit it; null when they can. */
  readonly lock: string | null
  /** Hidden in profiles by the administrator; SCIM still reads it. */
  readonly isHidden: boolean
  /** The person it names. */
  readonly personId: string | null
}

export interface ProfileSection {
  readonly title: string
  readonly fields: readonly ProfileField[]
}

const syncLock = 'Profile sync overwrites it at every sign-in'
const scimLock = 'Provisioned by SCIM'

const profileSections: readonly (readonly [string, readonly (readonly [ProfileKey, string])[]])[] = [
  [
    'Contact',
    [
      ['primaryPhone', 'Phone'],
      ['mobilePhone', 'Mobile phone'],
    ],
  ],
  [
    'Work',
    [
      ['department', 'Department'],
      ['division', 'Division'],
      ['organization', 'Organization'],
      ['costCenter', 'Cost center'],
      ['employeeNumber', 'Employee ID'],
      ['userType', 'User type'],
      ['roleText', 'Role'],
      ['managerId', 'Manager'],
      ['startDate', 'Start date'],
    ],
  ],
  [
    'Address and language',
    [
      ['streetAddress', 'Street'],
      ['locality', 'City'],
      ['region', 'State or region'],
      ['postalCode', 'Zip code'],
      ['country', 'Country'],
      ['preferredLanguage', 'Preferred language'],
      ['locale', 'Locale'],
      ['honorificPrefix', 'Honorific prefix'],
    ],
  ],
]

export function profileOf(
  person: Person,
  settings: WorkspaceSettings,
  nameOf: (id: string) => string | undefined,
): readonly ProfileSection[] {
  const profile: Profile = person.profile ?? emptyProfile
  const field = (name: string, label: string, value: string, lock: string | null): ProfileField => ({
    name,
    label,
    value,
    lock: value === '' ? null : lock,
    isHidden: settings.hiddenFields.includes(name),
    personId: null,
  })
  const custom = (key: ProfileKey, label: string): ProfileField => {
    const value = profile[key] ?? ''
    const shown = key === 'managerId' ? (nameOf(value) ?? value) : value
    return { ...field(key, label, shown, scimLock), personId: key === 'managerId' && value !== '' ? value : null }
  }
  const overwritten = settings.profileSync ? syncLock : null
  const identity: ProfileSection = {
    title: 'Profile',
    fields: [
      field('name', 'Full name', `${person.givenName} ${person.familyName}`.trim(), overwritten),
      field(
        'displayName',
        'Display name',
        person.displayName === '' ? person.userName : person.displayName,
        settings.allowDisplayNameChange ? overwritten : 'Members may not change their display name',
      ),
      field('title', 'Title', person.title, person.profile === null ? null : scimLock),
      field(
        'email',
        'Email address',
        person.email,
        settings.allowEmailChange ? overwritten : 'Members may not change their email address',
      ),
      field('secondaryEmail', 'Second email address', person.secondaryEmail, scimLock),
      field('timezone', 'Time zone', person.timezone, null),
    ],
  }
  return [
    identity,
    ...profileSections.map(([title, keys]) => ({ title, fields: keys.map(([key, label]) => custom(key, label)) })),
    { title: 'Account', fields: accountFields(person, field) },
  ]
}

function accountFields(
  person: Person,
  field: (name: string, label: string, value: string, lock: string | null) => ProfileField,
): readonly ProfileField[] {
  const shownPhoto = person.nextPhoto?.value ?? person.photo
  return [
    field('userName', 'Username', person.userName, 'Changed by SCIM or an administrator only'),
    field('id', 'Member ID', person.id, 'Issued by Slack'),
    field('externalId', 'External ID (as sent)', person.externalId, 'Slack never shows it'),
    field('samlNameId', 'SAML NameID', person.samlNameId ?? '', 'Bound at the first sign-in'),
    field('guestExpiration', 'Guest until', person.guestExpiration ?? '', 'Set by an administrator'),
    field('photo', 'Photo', shownPhoto, scimLock),
    field('created', 'Created', new Date(person.createdAt).toISOString(), 'Issued by Slack'),
  ]
}
