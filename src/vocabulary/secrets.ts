/* Secrets of a service principal as Graph names them (graph-api.md 3.10). */

/** Graph's `synchronizationSecretKeyStringValuePair`: key `SecretToken`, `BaseAddress`, ... */
export interface SecretPair {
  readonly key: string
  readonly value: string
}

/** The master keys of an installation, by id; never the keys themselves. */
export interface KeysReport {
  /** The one that seals first. */
  readonly keys: readonly {
    readonly keyId: string
    readonly isSealing: boolean
    /** `null`: it is gone. */
    readonly origin: 'environment' | 'command' | 'file' | null
    /** Secrets that are sealed with it. */
    readonly sealed: number
  }[]
}

/** What `keys rotate` did. */
export interface KeyRotationReport {
  readonly keyId: string
  /** It was made now; otherwise a key that was there already seals from now on. */
  readonly isNew: boolean
  /** Secrets sealed again now. */
  readonly resealed: number
  /** Keys that open nothing any more, and where they are. */
  readonly retired: readonly { readonly keyId: string; readonly isInFile: boolean }[]
}

/** Secrets that are a setting, or sealed in the store. */
export const secretSettingNames = ['smtpUrl', 'webhookSecret', 'slackClientSecret'] as const

export interface SecretSettingReport {
  readonly name: (typeof secretSettingNames)[number]
  readonly from: 'setting' | 'store' | 'nowhere'
}

export interface SecretSettingsReport {
  readonly secrets: readonly SecretSettingReport[]
}
