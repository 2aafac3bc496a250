/* Who changed the configuration: a part of `store.ts`, with the same promises. */
import type {
  AuditActivity,
  AuditVerification,
  DirectoryAudit,
  SealedAudit,
  SynchronizationJob,
} from '../vocabulary/index.ts'

export interface AuditQuery {
  readonly activity?: AuditActivity
  readonly result?: DirectoryAudit['result']
  /** Part of the name of whoever did it, without case. */
  readonly initiator?: string
  /** Part of anything the entry says, without case. */
  readonly text?: string
  readonly since?: number
  readonly until?: number
  readonly limit: number
  /** Continues after the entry with this number. */
  readonly cursor?: number
  /** Otherwise the newest come first. */
  readonly oldestFirst?: true
}

/**
 * Asked inside a transaction that has changed something and is about to be committed: what is to be told of it, or `null` for
 * nothing. `job` reads a job as the transaction leaves it.
 */
export type DescribeChange = (
  job: (jobId: string) => Promise<SynchronizationJob | null>,
) => Promise<DirectoryAudit | null>

/** Entries form one chain, whoever writes; they are never changed, only retention takes the oldest away. */
export interface AuditStore {
  /**
   * Does the work, and tells of what it changes in this store: each transaction in it is described, and the entry is committed
   * with it or not at all. Leases are not told of.
   */
  during<T>(describe: DescribeChange, work: () => Promise<T>): Promise<T>
  /** For what has no transaction here: a change elsewhere, an attempt that failed. */
  append(entry: DirectoryAudit): Promise<void>
  query(query: AuditQuery): Promise<{ readonly entries: readonly SealedAudit[]; readonly cursor: number | null }>
  count(query: Omit<AuditQuery, 'limit' | 'cursor' | 'oldestFirst'>): Promise<number>
  get(id: string): Promise<SealedAudit | null>
  /** Proves the chain from the checkpoint to its head; of a hash noted earlier it says which entry has it. */
  verify(notedHash?: string): Promise<AuditVerification>
  /**
   * Removes the oldest entries, older than that instant and so many at most, and tells of it; the checkpoint holds the hash of
   * the last one removed. Answers how many.
   */
  purge(olderThan: number, limit: number, telling: { readonly id: string; readonly at: number }): Promise<number>
}
