/* `/oidc/userinfo` (OpenID Connect Core 5.3, at Microsoft Graph's address): who the token acts for. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { ApiProblem } from '../problems.ts'

const path = '/oidc/userinfo'

export function userInfoRoutes(app: FastifyInstance): void {
  const answer = ({ caller }: FastifyRequest) => {
    if (caller.kind !== 'person')
      throw new ApiProblem(403, 'accessDenied', 'No person has signed in here: the token is that of a program.')
    return { sub: caller.objectId, name: caller.displayName, preferred_username: caller.userPrincipalName }
  }
  app.get(path, answer)
  app.post(path, answer)
}
