/*
 * What Muster remembers, by subject. Two implementations (SQLite embedded, PostgreSQL) run `store.contract.ts`.
 * All instants are milliseconds since 1970-01-01 UTC. Batches are applied whole or not at all.
 */
import type { AccessStore } from './access-store.ts'
import type { AccountStore } from './account-store.ts'
import type { AuditStore } from './audit-store.ts'
import type { DirectoryStore } from './directory-store.ts'
import type { JobStore } from './job-store.ts'
import type { NotificationStore } from './notification-store.ts'
import type { PlanStore } from './plan-store.ts'
import type { ProvisioningStore } from './provisioning-store.ts'
import type { SecretStore } from './secret-store.ts'

export type { AccessStore } from './access-store.ts'
export type { AccountChange, AccountStore, HandedSecret, SignInAttempts } from './account-store.ts'
export type { AuditQuery, AuditStore, DescribeChange } from './audit-store.ts'
export type {
  ApplicationReads,
  AssignmentListRequest,
  DirectoryApplication,
  DirectoryAssignment,
  DirectoryJournalEntry,
  DirectoryLists,
  DirectoryNarrowing,
  DirectoryObject,
  DirectoryReads,
  DirectoryStore,
  DirectoryTransaction,
  JournalReads,
  MemberListRequest,
  MirrorKind,
  MirrorReads,
  Placed,
} from './directory-store.ts'
export { type Executions, type JobStore, type Lease, LeaseLostError } from './job-store.ts'
export type { NotificationStore, OutgoingNotification } from './notification-store.ts'
export type { PlanStore } from './plan-store.ts'
export type { LogFilter, LogQuery, NumberedLogEntry, Outcome, ProvisioningStore } from './provisioning-store.ts'
export type { SealedSecret, SecretStore } from './secret-store.ts'

/**
 * A read outside a transaction sees what is committed, and nothing else. A transaction begun inside another one, and one used
 * after its end, are faults of the program and throw.
 */
export interface Store {
  readonly dialect: 'sqlite' | 'postgresql'
  readonly directory: DirectoryStore
  readonly jobs: JobStore
  readonly provisioning: ProvisioningStore
  readonly notifications: NotificationStore
  readonly audit: AuditStore
  readonly plans: PlanStore
  readonly secrets: SecretStore
  readonly accounts: AccountStore
  readonly access: AccessStore
  /** A small value under a name (tenant id, what was loaded at first start). */
  getValue(name: string): Promise<string | null>
  setValue(name: string, value: string): Promise<void>
  close(): Promise<void>
}
