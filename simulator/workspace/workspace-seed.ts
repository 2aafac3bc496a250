/*
 * How a workspace to begin with is described: only what matters has to be said (slack.md 10.2, knob seed).
 */
import type { OauthApp, Profile, Role, WorkspaceSettings } from './model.ts'

export interface PersonSeed {
  readonly userName: string
  readonly email: string
  readonly role?: Role
  readonly active?: boolean
  readonly givenName?: string
  readonly familyName?: string
  readonly displayName?: string
  readonly title?: string
  readonly timezone?: string
  readonly secondaryEmail?: string
  /** An object, even an empty one, gives the extended shape. */
  readonly profile?: Partial<Profile>
  /** By userName, somebody of the same seed. */
  readonly manager?: string
  readonly guestExpiration?: string
  readonly samlNameId?: string
  readonly isErased?: boolean
}

export interface GroupSeed {
  readonly displayName: string
  /** By userName. */
  readonly members?: readonly string[]
  readonly isLinkedToChannels?: boolean
}

export interface WorkspaceSeed {
  readonly settings?: Partial<WorkspaceSettings>
  readonly channels?: readonly string[]
  readonly people?: readonly PersonSeed[]
  readonly groups?: readonly GroupSeed[]
  readonly apps?: readonly OauthApp[]
}
