/*
 * Seals everything again with the newest key, a page at a time. Stopped anywhere it goes on where it was, because what is left
 * is what is not sealed with that key.
 */
import type { SecretStore } from '../store/store.ts'
import { secretContext, type Keyring } from './keyring.ts'

const pageSize = 200

/** Answers how many were sealed again; `onPage` hears of every page. Throws a `SealError` when one cannot be opened. */
export async function sealAgain(
  store: Pick<SecretStore, 'notSealedWith' | 'reseal'>,
  keyring: Keyring,
  onPage: (done: number) => void = () => undefined,
): Promise<number> {
  const keyId = keyring.sealsWith()
  let done = 0
  for (;;) {
    // What somebody changed meanwhile is sealed with the newest key, or found once more.
    const page = await store.notSealedWith(keyId, { after: null, limit: pageSize })
    if (page.length === 0) return done
    done += await store.reseal(
      page.map(({ ownerId, name, sealed }) => {
        const context = secretContext(ownerId, name)
        return { ownerId, name, before: sealed, ...keyring.seal(keyring.open(sealed, context), context) }
      }),
    )
    onPage(done)
  }
}
