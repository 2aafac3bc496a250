/* The master keys that secrets are sealed with: which there are, and another one from now on. Never the keys themselves. */
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { KeyRotationReport, KeysReport } from '../../vocabulary/index.ts'
import { parse } from '../parameters.ts'
import type { ApiPorts } from '../ports.ts'
import { ApiProblem } from '../problems.ts'

export function keyRoutes(app: FastifyInstance, { keys }: ApiPorts): void {
  app.get('/keys', async (): Promise<KeysReport> => await keys.report())

  app.post('/keys/rotate', async (request): Promise<KeyRotationReport> => {
    const { keepOld } = parse(z.object({ keepOld: z.boolean().default(false) }), request.body ?? {})
    const report = await keys.rotate({ keepOld })
    if (report !== null) return report
    throw new ApiProblem(
      409,
      'noOtherKey',
      'The master key comes from MUSTER_MASTER_KEY or MUSTER_MASTER_KEY_COMMAND, so Muster cannot make another one, and everything is sealed with the first key there. Put a new key before the old one, start the service again, and rotate then.',
    )
  })
}
