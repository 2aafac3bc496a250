/* The door of accounts: who may sign in to Muster, and how they prove it. */
export {
  createExternalProvider,
  ExternalRefused,
  type ExternalProvider,
  type ExternalSettings,
} from './external-sign-in.ts'
export {
  codeChallengePattern,
  GrantRefused,
  issueCode,
  issueRefreshToken,
  redeemCode,
  redeemRefreshToken,
  revokeRefreshToken,
  type RedeemedGrant,
} from './grants.ts'
export {
  acceptInvitation,
  AccountRefusal,
  createAccount,
  invite,
  invitedAccount,
  refusePassword,
  reportsOf,
  setPassword,
} from './manage.ts'
export {
  addPasskey,
  askForNewPasskey,
  askForPasskey,
  canHavePasskeys,
  PasskeyRefused,
  signInByPasskey,
} from './passkeys.ts'
export { PasswordsBusyError } from './password.ts'
export type { AccountPorts } from './ports.ts'
export { beginSession, endSession, sessionOf, type BrowserSession, type SignInMethod } from './sessions.ts'
export { signInByPassword } from './sign-in.ts'
