/* What the secrets of a service principal say of its connection, without any of them being used. */
import { createHash } from 'node:crypto'
import { SealError, type SecretBox } from '../secrets/index.ts'
import type { SecretPair } from '../vocabulary/index.ts'

/** What stands in place of a value that may not be shown. */
export const masked = '*'

/** Where secrets lead; a service principal with one of these goes its own way. */
const leadingKeys: ReadonlySet<string> = new Set(['BaseAddress', 'SecretToken', 'Oauth2AccessToken'])

export const leadsSomewhere = (pairs: readonly SecretPair[]): boolean =>
  pairs.some(({ key, value }) => leadingKeys.has(key) && value !== '')

export const valueOf = (pairs: readonly SecretPair[], name: string): string | undefined =>
  pairs.find(({ key, value }) => key === name && value !== '')?.value

/** The same for the same template and secrets, and tells nothing of them. */
export const fingerprintOf = (templateId: string, pairs: readonly SecretPair[]): string =>
  createHash('sha256')
    .update(JSON.stringify([templateId, pairs.map(({ key, value }) => [key, value])]))
    .digest('base64url')

export interface StoredPairs {
  /** Throws `SealError` for what cannot be opened. */
  of(servicePrincipalId: string): Promise<readonly SecretPair[]>
  /** What cannot be opened is there all the same. */
  opened(servicePrincipalId: string): Promise<readonly SecretPair[] | SealError>
  /** It has secrets that lead somewhere. */
  hasOwn(servicePrincipalId: string): Promise<boolean>
}

export function storedPairs(secrets: Pick<SecretBox, 'read'>): StoredPairs {
  const of = async (id: string): Promise<readonly SecretPair[]> => (await secrets.read(id)).pairs
  async function opened(id: string): Promise<readonly SecretPair[] | SealError> {
    try {
      return await of(id)
    } catch (error) {
      if (error instanceof SealError) return error
      throw error
    }
  }
  return {
    of,
    opened,
    async hasOwn(id) {
      const pairs = await opened(id)
      return pairs instanceof SealError || leadsSomewhere(pairs)
    },
  }
}
