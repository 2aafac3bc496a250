/* Secrets that are handed out: made of chance, known to whoever got them, kept as a hash only. */
import { createHash, randomBytes } from 'node:crypto'
import type { HandedSecret } from '../store/store.ts'
import type { AccountPorts } from './ports.ts'

const minuteMs = 60_000

/** How long each kind may be used. */
const secretLifeMs: Readonly<Record<HandedSecret['kind'], number>> = {
  /** A link that is sent by mail or chat. */
  invitation: 72 * 60 * minuteMs,
  /** A working day. */
  session: 12 * 60 * minuteMs,
  /** RFC 6749 section 4.1.2 recommends ten minutes at most; programs redeem it at once. */
  code: minuteMs,
  /** Counted from its own making; every refresh makes a new one. */
  refresh: 14 * 24 * 60 * minuteMs,
  /** While the browser asks for a passkey. */
  challenge: 5 * minuteMs,
  /** While somebody signs in at another provider. */
  external: 15 * minuteMs,
}

export const hashSecret = (secret: string): string => createHash('sha256').update(secret).digest('base64url')

export const newSecret = (): string => randomBytes(32).toString('base64url')

/** Answers the secret; the store gets to know its hash. */
export async function handOut(
  { store, clock }: AccountPorts,
  given: {
    readonly kind: HandedSecret['kind']
    readonly objectId: string
    readonly familyId?: string
    readonly content?: unknown
    /** One that is known already, such as a challenge. */
    readonly secret?: string
  },
): Promise<{ readonly secret: string; readonly expiresAt: number; readonly familyId: string }> {
  const secret = given.secret ?? newSecret()
  const expiresAt = clock.now() + secretLifeMs[given.kind]
  const familyId = given.familyId ?? hashSecret(`family of ${secret}`)
  await store.accounts.handOut({
    secretHash: hashSecret(secret),
    kind: given.kind,
    objectId: given.objectId,
    familyId,
    expiresAt,
    usedAt: null,
    content: JSON.stringify(given.content ?? {}),
  })
  return { secret, expiresAt, familyId }
}

/** What the store knows of a secret of this kind that has not expired; `usedAt` is for the caller to judge. */
export async function readHanded(
  { store, clock }: AccountPorts,
  kind: HandedSecret['kind'],
  secret: string,
): Promise<HandedSecret | null> {
  const found = await store.accounts.handed(hashSecret(secret))
  return found !== null && found.kind === kind && found.expiresAt > clock.now() ? found : null
}

/** Uses it up; of many callers one finds `usedAt: null`. `null`: there is none of this kind, or it has expired. */
export async function useHanded(
  ports: AccountPorts,
  kind: HandedSecret['kind'],
  secret: string,
): Promise<HandedSecret | null> {
  if ((await readHanded(ports, kind, secret)) === null) return null
  return await ports.store.accounts.useUp(hashSecret(secret), ports.clock.now())
}
