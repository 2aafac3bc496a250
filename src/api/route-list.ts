/* Every route there is, as the router was told of it: for the description of the API, and for tests that walk them all. */
import type { FastifyInstance } from 'fastify'

export interface ListedRoute {
  readonly method: string
  /** With its parameters: `/muster/v1/jobs/:job`. */
  readonly url: string
}

declare module 'fastify' {
  interface FastifyInstance {
    readonly routeList: readonly ListedRoute[]
  }
}

/** Filled with each route that is declared from here on. */
export function listRoutes(app: FastifyInstance): void {
  const routes: ListedRoute[] = []
  app.decorate('routeList', routes)
  app.addHook('onRoute', ({ method, url }) => {
    for (const each of [method].flat()) routes.push({ method: each, url })
  })
}
