/* The door of the cycle. */
export type { SourceConnector } from '../connectors/source.ts'
export { countLosing, explainObject } from './explain-object.ts'
export type { OperatorFields, OperatorLog } from './operator-log.ts'
export { planCycle } from './plan-cycle.ts'
export { createProgressBoard, type ProgressBoard } from './progress.ts'
export { runJob, leaseMs, type CyclePorts, type JobRunEnd } from './run-job.ts'
export { startScheduler, type Scheduler } from './scheduler.ts'
export { noCounters } from './tally.ts'
