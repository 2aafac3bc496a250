/* The door of the Slack target connector. */
export { neverCompared } from './attributes.ts'
export { createSlackConnection } from './connection.ts'
export type { SlackConnection, SlackConnectionOptions } from './connection.ts'
export { credentialsFile, CredentialsFileError } from './credentials-file.ts'
export type { CredentialsFile, StoredCredentials } from './credentials-file.ts'
export { probeEachNight } from './nightly-probe.ts'
export { createSlackTarget, slackBaseUrl } from './slack-target.ts'
export type { SlackTargetOptions } from './slack-target.ts'
