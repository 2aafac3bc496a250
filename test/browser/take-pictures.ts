/*
 * `node test/browser/take-pictures.ts`: takes the pictures of docs/images anew, in the browser the tests use, of a
 * workspace that is the same every time.
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { createSimulator } from '../../simulator/index.ts'
import { newPage, startChromium } from './start-chromium.ts'

const folder = join(import.meta.dirname, '..', '..', 'docs', 'images')
const core = 'urn:scim:schemas:core:1.0'

mkdirSync(folder, { recursive: true })
const simulator = createSimulator({
  plan: 'enterprise',
  seed: 7,
  users: 500,
  company: { groups: 20, guests: 25, deactivated: 25, bots: 0 },
  latencyMs: 0,
  latencyJitterMs: 0,
})
simulator.freezeClock(Date.UTC(2026, 10, 26, 9, 0, 0))
const listening = await simulator.listen({ port: 8471 })
const browser = await startChromium()

async function scim(method: string, path: string, body?: unknown): Promise<void> {
  const headers = { authorization: `Bearer ${simulator.token}`, 'content-type': 'application/json' }
  await fetch(`${listening.url}/scim/${path}`, {
    method,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  }).catch(() => undefined)
}

async function picture(name: string, path: string, colorScheme: 'light' | 'dark', ready: string): Promise<void> {
  const { page } = await newPage(browser, { colorScheme, viewport: { width: 1200, height: 720 } })
  await page.goto(listening.url + path)
  await page.getByText(ready).first().waitFor()
  await page.screenshot({ path: join(folder, name) })
  await page.context().close()
}

const person = simulator.people().find(({ role, profile }) => role === 'member' && profile?.managerId !== null)
await scim('PATCH', `v1/Users/${person?.id}`, { schemas: [core], title: 'Captain' })
await picture('slack-member.png', `/#/members/${person?.id}`, 'light', 'user_profile_updated')

simulator.addFault({ kind: 'timeoutAfter', method: '^POST$', path: '/Users', next: 1, delayMs: 0 })
for (const userName of ['nina.north', 'nina.north', 'ola.berg']) {
  await scim('POST', 'v1/Users', { schemas: [core], userName, emails: [{ value: `${userName}@acme.example` }] })
}
await scim('GET', `v2/Users?${new URLSearchParams({ filter: 'userName eq "nina.north"', count: '1' }).toString()}`)
await scim('GET', 'v1/Groups?count=3')
await scim('DELETE', `v2/Users/${simulator.person('ola.berg')?.id}`)
await scim('GET', 'v2/Users/W0NOBODY')
await picture('slack-requests.png', '/#/requests', 'dark', 'timeoutAfter')

await browser.close()
await listening.close()
simulator.close()
