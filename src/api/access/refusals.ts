/*
 * Tells the audit log of changes that were refused because the caller may not make them. Whoever tries again and again is
 * told of once an hour for each thing tried, so that nobody can fill the log.
 */
import type { FastifyRequest } from 'fastify'
import type { Action } from '../../access/index.ts'
import { auditEntry } from '../../cycle/index.ts'
import type { AuditActivity, AuditOperation, Caller } from '../../vocabulary/index.ts'
import { identifiedBy, initiatorOf } from '../caller.ts'
import type { ApiPorts } from '../ports.ts'

export interface RefusedChange {
  readonly activity: AuditActivity
  readonly operation: AuditOperation
}

export interface RefusalBook {
  /** `change`: what the audit log calls what was tried; `null` for what only reads, which is not told of. */
  note(request: FastifyRequest, change: RefusedChange | null, missing: readonly Action[]): Promise<void>
}

const toldAgainAfterMs = 60 * 60 * 1000
/** Callers times activities; beyond it the oldest are told of again. */
const rememberedMax = 1000

export function createRefusalBook({ cycle }: ApiPorts): RefusalBook {
  const toldAt = new Map<string, number>()

  function isNews(key: string): boolean {
    const now = cycle.clock.now()
    const last = toldAt.get(key)
    if (last !== undefined && now - last < toldAgainAfterMs) return false
    toldAt.delete(key)
    toldAt.set(key, now)
    const [oldest] = toldAt.keys()
    if (toldAt.size > rememberedMax && oldest !== undefined) toldAt.delete(oldest)
    return true
  }

  return {
    async note(request, change, missing) {
      if (change === null || !isNews(`${idOf(request.caller)} ${change.activity}`)) return
      const act = {
        ...change,
        initiatedBy: initiatorOf(request),
        correlationId: cycle.newId(),
        job: null,
        details: () => [
          { key: 'Missing', value: missing.join(', ') },
          { key: 'Identified by', value: identifiedBy(request) },
        ],
      }
      const resultReason = 'Insufficient privileges. The same is told of again after an hour at the earliest.'
      await cycle.store.audit.append(auditEntry(cycle, act, { after: null, result: 'failure', resultReason }))
    },
  }
}

const idOf = (caller: Caller): string => ('objectId' in caller ? caller.objectId : caller.kind)
