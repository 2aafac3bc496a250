/*
 * The OAuth token service at Entra's addresses (graph-api.md 2): tokens for programs, and the documents by which clients find
 * them. Other ways to get a token are added as grants.
 */
export { createAccessTokens, issuerOf, TokenRefused, type AccessTokens, type IssuedToken } from './access-tokens.ts'
export { createTokenService, type TokenService } from './token-service.ts'
export { openTokenRoutes, tokenRoutes } from './routes.ts'
export type { Tenant } from './tenant.ts'
export { OauthProblem } from './oauth-problem.ts'
