/* `/metadata/endpoints`: how Terraform's azuread provider finds a cloud that is not Microsoft's (graph-api.md 7.1). */
import type { FastifyInstance } from 'fastify'

export function metadataRoutes(app: FastifyInstance): void {
  app.get('/metadata/endpoints', (request) => {
    const root = request.serviceOrigin
    return {
      name: 'Muster',
      portal: root,
      authentication: {
        loginEndpoint: root,
        audiences: [`${root}/arm`],
        tenant: 'common',
        identityProvider: 'AAD',
      },
      resourceManager: `${root}/arm`,
      microsoftGraphResourceId: `${root}/`,
      suffixes: {},
    }
  })
}
