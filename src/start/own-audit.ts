/* What the service itself changes when it starts stands in the audit log like everything. */
import type { AuditPorts } from '../cycle/index.ts'
import type { Store } from '../store/store.ts'
import { systemClock } from '../system-clock.ts'
import { timeOrderedId } from '../time-ordered-id.ts'

export const auditPorts = (store: Store): AuditPorts => ({ store, clock: systemClock, newId: () => timeOrderedId() })
