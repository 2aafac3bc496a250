/* What the workspace page is served as: nothing from elsewhere, nothing but its own files. */
import { expect, test } from 'vitest'
import { aWorkspace } from '../../test/builders/slack-workspace.ts'

async function get(
  url: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<{ status: number; body: string; headers: Readonly<Record<string, string>> }> {
  const { simulator } = aWorkspace({
    workspace: {
      people: [{ userName: 'olga', email: 'o@acme.example', role: 'owner' }],
      settings: { teamName: '<i>Acme' },
    },
  })
  return simulator.handle({ method: 'GET', url, headers })
}

test('the shell runs its own script only, in nobody’s frame, and escapes what the workspace is called', async () => {
  const { status, body, headers } = await get('/')
  expect(status).toBe(200)
  expect(headers['content-security-policy']).toContain("default-src 'none'; script-src 'self'")
  expect(headers['content-security-policy']).toContain("frame-ancestors 'none'")
  expect(body).toContain('&lt;i&gt;Acme')
  expect(body).not.toContain('<i>')
  expect(body.match(/<script[^>]*>/g)).toEqual(['<script type="module" src="/_sim/page/client/main.ts">'])
  expect(body).not.toMatch(/(?:src|href)="https?:/)
})

test('the client is served as script without its types, and every file it imports is there', async () => {
  const seen = new Set<string>()
  const follow = async (name: string): Promise<void> => {
    if (seen.has(name)) return
    seen.add(name)
    const { status, headers, body } = await get(`/_sim/page/client/${name}`)
    expect([status, headers['content-type']], name).toEqual([200, 'text/javascript; charset=utf-8'])
    expect(body).not.toMatch(/import type|: HTMLElement|interface /)
    for (const [, imported = ''] of body.matchAll(/from '\.\/([a-z-]+\.ts)'/g)) await follow(imported)
  }
  await follow('main.ts')
  expect(seen.size).toBeGreaterThan(10)
})

test('only files of the page are served, and none of it is in the request log', async () => {
  for (const path of [
    'shell.ts',
    'answer-page.ts',
    'style.css',
    'client/none.ts',
    'client/../shell.ts',
    '%2e%2e/knobs.ts',
  ]) {
    const { status } = await get(`/_sim/page/${path}`)
    expect(status, path).toBe(path === 'style.css' ? 200 : 404)
  }
  const { simulator } = aWorkspace()
  await simulator.handle({ method: 'GET', url: '/', headers: {} })
  await simulator.handle({ method: 'GET', url: '/_sim/pulse', headers: {} })
  expect(simulator.requestCount).toBe(0)
})

test('a page of another site cannot use the controls of a simulator that runs beside it', async () => {
  const host = '127.0.0.1:8471'
  const ask = async (origin: string): Promise<number> => (await get('/_sim/pulse', { host, origin })).status
  expect(await Promise.all([`http://${host}`, 'https://evil.example', 'null', 'http://127.0.0.1:1'].map(ask))).toEqual([
    200, 403, 403, 403,
  ])
})
