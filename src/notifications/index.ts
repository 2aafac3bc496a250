/* The door of the notifications. */
export { startPostman, testNotifications, type DeliverPorts } from './deliver.ts'
