/* What administrators were told, and a message to try whether it arrives (spec section 14). */
import type { FastifyInstance } from 'fastify'
import type { NotificationsReport, NotificationTestReport } from '../../vocabulary/index.ts'
import { jobNamed } from '../parameters.ts'
import type { ApiPorts } from '../ports.ts'

const shownMax = 100

export function notificationRoutes(app: FastifyInstance, ports: ApiPorts): void {
  const { store } = ports.cycle

  app.get<{ Params: { job: string } }>('/jobs/:job/notifications', async (request): Promise<NotificationsReport> => {
    const job = await jobNamed(ports, request.params.job)
    return {
      settings: job.settings.notifications,
      hasMailServer: ports.notify.hasMailServer(),
      hasWebhookSecret: ports.notify.hasWebhookSecret(),
      deliveries: await store.notifications.list(job.jobId, shownMax),
    }
  })

  app.post<{ Params: { job: string } }>(
    '/jobs/:job/notifications/test',
    async (request): Promise<NotificationTestReport> => {
      const job = await jobNamed(ports, request.params.job)
      return { sent: await ports.notify.test(job) }
    },
  )
}
