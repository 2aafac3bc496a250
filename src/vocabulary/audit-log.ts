/*
 * The audit log of the configuration (spec 12.6): Graph's `directoryAudit`, and the seal that chains each entry to the one
 * before. Secrets never stand in it.
 */
import type { ModifiedProperty } from './provisioning-log.ts'

/** Names of Microsoft's log first, then Muster's own. */
export type AuditActivity =
  | 'Update provisioning setting or credentials'
  | 'Enable/start provisioning configuration'
  | 'Disable/pause provisioning configuration'
  | 'Enable/restart provisioning configuration'
  | 'Update attribute mappings or scope'
  | 'Quarantine'
  | 'Add provisioning configuration'
  | 'Delete provisioning configuration'
  | 'Add app role assignment'
  | 'Add client'
  | 'Delete client'
  | 'Replace signing key'
  | 'Remove app role assignment'
  | 'Allow deletes'
  | 'Remove object connection'
  | 'Provision on demand'
  | 'Run provisioning cycle'
  | 'Import directory'
  | 'Save plan'
  | 'Apply plan'
  | 'Reject plan'
  | 'Plan undo'
  | 'Probe target'
  | 'Send test notification'
  | 'Purge audit log'
  | 'Rotate master key'
  | `${'Add' | 'Update' | 'Delete' | 'Invite'} account`
  | 'Set account password'
  | `${'Add' | 'Remove'} passkey`
  | `${'Add' | 'Update' | 'Delete'} ${'user' | 'group' | 'application' | 'service principal' | 'role definition'}`
  | 'Add member to role'
  | 'Remove member from role'
  | `${'Add' | 'Remove'} ${'member' | 'owner'} ${'to' | 'from'} ${'group' | 'application' | 'service principal'}`
  | 'Set user manager'
  | `Update ${'application' | 'service principal'} – Certificates and secrets management`
  | 'Restore deleted object'
  | 'Hard delete object'

export type AuditOperation = 'Add' | 'Update' | 'Delete' | 'Assign' | 'Unassign' | 'Run'

/** Who did it: a person, an application, or the service itself. Access control fills in what is `null` today. */
export interface AuditInitiator {
  readonly user: {
    readonly id: string | null
    readonly displayName: string | null
    readonly userPrincipalName: string | null
    readonly ipAddress: string | null
  } | null
  readonly app: {
    readonly appId: string | null
    readonly displayName: string | null
    readonly servicePrincipalId: string | null
    readonly servicePrincipalName: string | null
  } | null
}

/** The service itself. */
export const systemInitiator: AuditInitiator = {
  user: null,
  app: { appId: null, displayName: 'Muster', servicePrincipalId: null, servicePrincipalName: null },
}

export interface AuditTarget {
  readonly id: string | null
  readonly displayName: string | null
  /** `Job`, `User`, `Group`, ... */
  readonly type: string
  readonly modifiedProperties: readonly ModifiedProperty[]
}

export interface DirectoryAudit {
  readonly id: string
  /** ISO 8601, UTC. */
  readonly activityDateTime: string
  readonly activityDisplayName: AuditActivity
  readonly operationType: AuditOperation
  readonly category: 'ProvisioningManagement'
  readonly loggedByService: 'Account Provisioning'
  /** The same for everything that one request did. */
  readonly correlationId: string
  readonly result: 'success' | 'failure'
  readonly resultReason: string
  readonly initiatedBy: AuditInitiator
  readonly targetResources: readonly AuditTarget[]
  readonly additionalDetails: readonly { readonly key: string; readonly value: string }[]
}

/** An entry in its place: the hash covers the entry, its number and the hash of the one before. */
export interface SealedAudit {
  readonly number: number
  readonly previousHash: string
  readonly hash: string
  readonly entry: DirectoryAudit
}

/** What retention left of the entries it took away: the chain goes on from here. */
export interface AuditCheckpoint {
  readonly number: number
  readonly hash: string
}

export interface AuditVerification {
  readonly isIntact: boolean
  /** Entries proved before the first broken one, or all. */
  readonly entries: number
  readonly checkpoint: AuditCheckpoint | null
  /** Noted elsewhere, it proves later that nothing before it was rewritten. */
  readonly head: AuditCheckpoint | null
  readonly broken: { readonly number: number; readonly id: string | null; readonly found: string } | null
  /** Of a hash noted earlier: the entry that has it; missing when none was asked for, `null` when none has it. */
  readonly noted?: number | null
}

export const auditInitiatorName = ({ user, app }: AuditInitiator): string =>
  user?.userPrincipalName ?? user?.displayName ?? app?.displayName ?? 'unknown'
