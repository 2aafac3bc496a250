/* The door of the cycle. */
export type { OperatorFields, OperatorLog } from './operator-log.ts'
export { planCycle, type Plan, type PlannedChange } from './plan-cycle.ts'
export { createProgressBoard, type CyclePhase, type ProgressBoard, type ProgressReport } from './progress.ts'
export { runJob, leaseMs, type CyclePorts, type JobRunEnd } from './run-job.ts'
export { startScheduler, type Scheduler } from './scheduler.ts'
export { noCounters } from './tally.ts'
