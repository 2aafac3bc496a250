/*
 * Where provisioning on demand finds the right to write for a job: whoever holds the job's lease in this process, a cycle or
 * an earlier visitor, is the host. Visitors work with the host's memory, so that neither does again what the other has done.
 */
import type { SourceObject } from '../vocabulary/index.ts'
import type { CycleContext } from './cycle-context.ts'
import type { ObjectReport } from './object-run.ts'

/** What a host lends: everything but whose rules apply and how the log names the run. */
export type LentContext = Omit<CycleContext, 'schema' | 'settings' | 'frame' | 'now' | 'gate'>

export interface DemandHost {
  readonly lent: LentContext
  /** An object has been provisioned by a visitor. */
  note(object: SourceObject, report: ObjectReport): void
}

export interface DemandDoor {
  open(host: DemandHost): void
  /** Lets nobody else in, and resolves when those inside have left; harmless when it was never open. */
  close(): Promise<void>
}

export interface DemandDesk {
  /** Who holds a lease that is taken here, for whoever wants to know it elsewhere. */
  readonly owner: string
  door(jobId: string): DemandDoor
  /** Does the work as a visitor; `null` when nobody here has the job. */
  visit<T>(jobId: string, work: (host: DemandHost) => Promise<T>): Promise<T> | null
}

interface Open {
  readonly host: DemandHost
  readonly visits: Set<Promise<unknown>>
}

export function createDemandDesk(owner: string): DemandDesk {
  const hosts = new Map<string, Open>()
  return {
    owner,
    door(jobId) {
      let mine: Open | null = null
      return {
        open(host) {
          mine = { host, visits: new Set() }
          hosts.set(jobId, mine)
        },
        async close() {
          if (mine === null) return
          if (hosts.get(jobId) === mine) hosts.delete(jobId)
          await Promise.allSettled(mine.visits)
        },
      }
    },
    visit(jobId, work) {
      const open = hosts.get(jobId)
      if (open === undefined) return null
      const visit = work(open.host)
      open.visits.add(visit)
      return visit.finally(() => open.visits.delete(visit))
    },
  }
}
