/* Secrets of the installation besides tokens: written, never read back. */
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { secretSettingNames, type SecretSettingsReport } from '../../vocabulary/index.ts'
import { parse } from '../parameters.ts'
import type { ApiPorts } from '../ports.ts'
import { ApiProblem } from '../problems.ts'

const place = z.object({ name: z.enum(secretSettingNames) })
const wish = z.object({ value: z.string().min(1).max(4096) })

export function secretRoutes(app: FastifyInstance, { secretSettings }: ApiPorts): void {
  const report = (): SecretSettingsReport => ({ secrets: secretSettings.report() })

  app.get('/secrets', report)

  app.put('/secrets/:name', async (request): Promise<SecretSettingsReport> => {
    const { name } = parse(place, request.params)
    const problem = await secretSettings.set(name, parse(wish, request.body).value)
    if (problem === null) return report()
    throw new ApiProblem(400, 'badRequest', `The value of ${name} ${problem}, so nothing was stored.`)
  })

  app.delete('/secrets/:name', async (request): Promise<SecretSettingsReport> => {
    await secretSettings.remove(parse(place, request.params).name)
    return report()
  })
}
