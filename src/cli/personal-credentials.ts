/* What a command shows when somebody has signed in to the service with `muster login`: tokens of that person. */
import type { Settings } from '../settings.ts'
import { refreshSignIn } from './authorization.ts'
import type { Credentials } from './client-token.ts'
import { accessTokenFor, readSignIn } from './stored-sign-in.ts'

/** `null`: nobody has. */
export function personalCredentials(url: string, settings: Settings): Credentials | null {
  const signIn = readSignIn(url)
  if (signIn === null) return null
  return {
    async authorization() {
      const token = await accessTokenFor(url, (stored) => refreshSignIn(url, settings, stored))
      return token === null ? null : `Bearer ${token}`
    },
    refused: (reason) =>
      `You were signed in to ${url} as ${signIn.userPrincipalName}, and the service does not take it any more: ${reason} Sign in again with muster login, or end it with muster logout.`,
  }
}
