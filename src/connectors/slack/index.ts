/* The door of the Slack target connector. */
export { neverCompared } from './attributes.ts'
export { createSlackTarget, slackBaseUrl } from './slack-target.ts'
export type { SlackTargetOptions } from './slack-target.ts'
