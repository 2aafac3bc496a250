/* The door: what a start needs before the roles run. Only main comes in. */

export { loadExample, type Example } from './example.ts'
export { ensureJobs, goOn, goOnAtStart } from './first-job.ts'
export { listen } from './listen.ts'
export { layIntoHome, openOperatorKey } from './operator-key.ts'
export { openSecrets } from './open-secrets.ts'
export { openSource } from './open-source.ts'
export { openStore, tellingOfChanges } from './open-store.ts'
export { authorityFileOf, openTls } from './open-tls.ts'
export { openInstallation, tellRenewal } from './open-target.ts'
export { openSecretSettings } from './secret-settings.ts'
export { refuseOtherPlace } from './place.ts'
export { valueOnce } from './value-once.ts'
