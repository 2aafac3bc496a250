/* The door of secrets: sealed at rest under a master key that lies outside the database. */
export { createKeyring, SealError, type Keyring } from './keyring.ts'
export { findMasterKeys, makeKeyFile, readKeyFile, type KeyPlaces } from './key-sources.ts'
export { MasterKeyError } from './master-key.ts'
export { createMasterKeys, type MasterKeys } from './rotate-keys.ts'
export { createSecretBox, type KnownSecrets, type SecretBox } from './secret-box.ts'
