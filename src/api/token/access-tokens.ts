/*
 * Access tokens: signed, and read again (graph-api.md 2.4). What a token says was true when it was issued; who calls, and with
 * which permissions, is asked of the directory at each request (check-caller.ts).
 */
import { randomUUID } from 'node:crypto'
import { errors, jwtVerify, SignJWT, type JWTPayload } from 'jose'
import { graphAppId, type Clock } from '../../vocabulary/index.ts'
import {
  createSigningKeys,
  signingAlgorithm,
  type KeptPairs,
  type SealedKeys,
  type SigningKeys,
} from './signing-keys.ts'

/** One second less than an hour, as Microsoft's. */
export const tokenLifetimeSeconds = 3599

/** Clocks of machines differ: a token counts a little before it was issued, as Microsoft's do. */
const validBeforeSeconds = 300

/** Why a token proves nothing, in words for the caller that hold nothing of it. */
export class TokenRefused extends Error {
  override readonly name = 'TokenRefused'
}

export interface IssuedToken {
  readonly accessToken: string
  readonly expiresInSeconds: number
}

export interface AccessTokens {
  readonly keys: SigningKeys
  /**
   * Signs these claims, with issuer, audience, tenant and times added. `root` is scheme, host and port as the client called
   * them: `https://localhost:8443`.
   */
  issueToken(root: string, claims: JWTPayload): Promise<IssuedToken>
  /** Likewise, but for the program that signed a person in: who that is (OpenID Connect Core section 2). */
  issueIdToken(root: string, appId: string, claims: JWTPayload): Promise<string>
  /** The claims of a token of this service that is valid now; throws `TokenRefused`. */
  readToken(token: string): Promise<JWTPayload>
}

export interface TokenPorts<Known extends KeptPairs> {
  readonly secrets: SealedKeys<Known>
  readonly clock: Pick<Clock, 'now'>
  readonly tenantId: string
}

export function issuerOf(root: string, tenantId: string): string {
  return `${root}/${tenantId}/v2.0`
}

export function createAccessTokens<Known extends KeptPairs>({
  secrets,
  clock,
  tenantId,
}: TokenPorts<Known>): AccessTokens {
  const keys = createSigningKeys(secrets, clock, tokenLifetimeSeconds * 1000)

  async function signed(root: string, audience: string, claims: JWTPayload): Promise<string> {
    const now = Math.floor(clock.now() / 1000)
    const { kid, key } = await keys.current()
    return await new SignJWT({ ...claims, tid: tenantId, uti: randomUUID(), ver: '2.0' })
      .setProtectedHeader({ typ: 'JWT', alg: signingAlgorithm, kid })
      .setIssuer(issuerOf(root, tenantId))
      .setAudience(audience)
      .setIssuedAt(now)
      .setNotBefore(now - validBeforeSeconds)
      .setExpirationTime(now + tokenLifetimeSeconds)
      .sign(key)
  }

  return {
    keys,
    async issueToken(root, claims) {
      // Whatever name of this service the client asked for: it is one resource (graph-api.md 2.4).
      return { accessToken: await signed(root, graphAppId, claims), expiresInSeconds: tokenLifetimeSeconds }
    },

    issueIdToken: (root, appId, claims) => signed(root, appId, claims),

    async readToken(token) {
      const payload = await verified(token)
      const { iss, tid } = payload
      // The host is whatever name the client called the service by; the tenant is this one.
      const isOurs = typeof iss === 'string' && /^https?:\/\/[^/?#\s]+$/.test(iss.slice(0, -`/${tenantId}/v2.0`.length))
      if (tid !== tenantId || !isOurs || !iss.endsWith(`/${tenantId}/v2.0`))
        throw new TokenRefused('Access token validation failure. Invalid issuer: it is a token of another tenant.')
      return payload
    },
  }

  async function verified(token: string): Promise<JWTPayload> {
    try {
      const { payload } = await jwtVerify(
        token,
        async ({ kid }) => {
          const key = typeof kid === 'string' ? await keys.find(kid) : null
          if (key === null)
            throw new TokenRefused('Access token validation failure. It is not signed by a key of this service.')
          return key
        },
        {
          algorithms: [signingAlgorithm],
          audience: graphAppId,
          requiredClaims: ['iss', 'exp', 'nbf', 'tid', 'oid'],
          currentDate: new Date(clock.now()),
        },
      )
      return payload
    } catch (error) {
      if (error instanceof errors.JOSEError) throw new TokenRefused(reasonOf(error))
      throw error
    }
  }
}

/** In the words that Microsoft Graph has for the same. */
function reasonOf(error: errors.JOSEError): string {
  if (error instanceof errors.JWTExpired) return 'Lifetime validation failed, the token is expired.'
  if (error instanceof errors.JWTClaimValidationFailed) {
    if (error.claim === 'aud') return 'Access token validation failure. Invalid audience.'
    if (error.claim === 'nbf') return 'Lifetime validation failed, the token is not valid yet.'
    return `Access token validation failure. The claim '${error.claim}' is missing or wrong.`
  }
  if (error instanceof errors.JOSEAlgNotAllowed)
    return `Access token validation failure. Only tokens signed with ${signingAlgorithm} are accepted.`
  if (error instanceof errors.JWSSignatureVerificationFailed)
    return 'Access token validation failure. Signature is invalid.'
  return 'CompactToken parsing failed: the access token is no JSON Web Token.'
}
