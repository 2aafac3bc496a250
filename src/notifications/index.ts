/* The door of the notifications. */
export { noteTargetChanges } from './target-changes.ts'
export { startPostman, testNotifications, type DeliverPorts } from './deliver.ts'
