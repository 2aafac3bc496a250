/*
 * The OAuth token service at Entra's addresses (graph-api.md 2): tokens for programs, and the documents by which clients find
 * them. Other ways to get a token are added as grants.
 */
export { createAccessTokens, issuerOf, TokenRefused, type AccessTokens, type IssuedToken } from './access-tokens.ts'
export { createTokenService, type TokenService } from './token-service.ts'
export { openTokenRoutes, tokenRoutes, type Grant } from './routes.ts'
export { clientOf } from './clients.ts'
export { required, type Form } from './form.ts'
export { delegatedScope, isOwnScope } from './scope.ts'
export type { Tenant } from './tenant.ts'
export { OauthProblem } from './oauth-problem.ts'
