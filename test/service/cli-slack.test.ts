/* `muster slack ...`, `pause`, `start`, `restart`, `links`: as processes, in front of a simulated Slack. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createSimulator, type Simulator } from '../../simulator/index.ts'
import { musterAt, musterScript, type Muster } from '../builders/muster-service.ts'
import { createPrograms, type Ended, type RunningProgram } from '../builders/programs.ts'

const programs = createPrograms()
const redirectUrl = 'https://localhost/muster/v1/slack/callback'

let simulator: Simulator
let data: string
let address: string
let muster: Muster
let close: () => Promise<void>

beforeEach(async () => {
  simulator = createSimulator({ rateScale: 0, latencyMs: 0, latencyJitterMs: 0 })
  const listening = await simulator.listen()
  close = () => listening.close()
  data = programs.folder()
  const environment = {
    MUSTER_SLACK_URL: listening.url,
    MUSTER_SLACK_CLIENT_ID: '111.222333',
    MUSTER_SLACK_CLIENT_SECRET: 'shh-very-secret',
    MUSTER_RATE: 'off',
  }
  const program = programs.start(musterScript, ['serve', '--port', '0', '--data', data], { environment })
  ;[, address = ''] = await program.line(/^muster ready (\S+)$/)
  muster = musterAt(programs, address)
})

afterEach(async () => {
  await programs.clear()
  await close()
})

function typed(args: readonly string[], ...lines: readonly string[]): Promise<Ended> {
  const program = programs.start(musterScript, [...args, '--url', address], { hasInput: true })
  for (const line of lines) program.type(line)
  program.closeInput()
  return program.ended
}

test('a token is tested, stored when Slack takes it, and steers the job', async () => {
  expect(await muster('slack', 'test')).toMatchObject({
    code: 1,
    errors: expect.stringContaining('There is no token') as string,
  })

  const refused = await typed(['slack', 'token'], 'xoxp-1-2-nobody')
  expect(refused.code).toBe(1)
  expect(refused.output).toContain('FAILED identity')
  expect(refused.output).toContain('{"ok":false,"error":"invalid_auth"}')
  expect(refused.output).toContain('nothing was stored')
  expect((await muster('status')).output).toContain('NotConfigured')

  const stored = await typed(['slack', 'token'], simulator.token)
  expect([stored.code, stored.errors]).toEqual([0, ''])
  expect(stored.output).toContain('The token is stored')
  expect(stored.output).not.toContain(simulator.token)
  // Sealed: nowhere in the folder does it stand as it is.
  for (const name of readdirSync(data)) expect(readFileSync(join(data, name), 'latin1')).not.toContain(simulator.token)
  expect(await muster('slack', 'test')).toMatchObject({ code: 0 })
  const report = JSON.parse((await muster('slack', 'test', '--json')).output) as { readonly isAccepted: boolean }
  expect(report.isAccepted).toBe(true)

  expect((await muster('run')).code).toBe(0)
  expect((await muster('pause')).output).toContain('The job is paused')
  expect((await muster('links', 'show', 'nobody')).code).toBe(3)
  expect((await muster('links', 'delete', 'nobody')).output).toContain('Nothing is linked')
  expect((await muster('start')).output).toContain('The job is Active')
  expect((await muster('links', 'delete', 'nobody')).code).toBe(1)
  expect((await muster('restart')).output).toContain('everybody is evaluated again')
  expect((await muster('restart', '--scope', 'Full')).code).toBe(4)
  expect((await muster('restart', '--scope', 'Full', '--yes')).code).toBe(0)
  expect((await muster('restart', '--scope', 'Everything')).code).toBe(2)
  const probed = await muster('slack', 'probe')
  expect(probed.output).toContain('404 no_such_user')
})

async function consent(connecting: RunningProgram): Promise<string> {
  const [asked = ''] = await connecting.line(/http\S+\/oauth\/v2\/authorize\S+/)
  const { search } = new URL(asked)
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  const body = `${search.slice(1)}&decision=allow`
  const decided = await simulator.handle({ method: 'POST', url: '/oauth/v2/authorize/decision', headers, body })
  return decided.headers['location'] ?? ''
}

test('connecting by OAuth: the address the browser ended at is pasted, or a proxy brings it to the service', async () => {
  simulator.addApp({
    clientId: '111.222333',
    clientSecret: 'shh-very-secret',
    name: 'Muster',
    redirectUrls: [redirectUrl],
    hasTokenRotation: true,
  })
  simulator.setBrowserUser('adam')
  const pasting = programs.start(musterScript, ['slack', 'connect', '--url', address], { hasInput: true })
  pasting.type(await consent(pasting))
  const pasted = await pasting.ended
  expect([pasted.code, pasted.errors]).toEqual([0, ''])
  expect(pasted.output).toContain('The token is that of adam in the workspace Acme')
  expect(pasted.output).not.toMatch(/xox[a-z]|shh-very/)
  expect((await muster('status')).output).not.toContain('NotConfigured')

  const waiting = programs.start(musterScript, ['slack', 'connect', '--url', address], { hasInput: true })
  const back = new URL(await consent(waiting))
  // The browser comes from Slack's page.
  const answer = await fetch(`${address}/muster/v1/slack/callback${back.search}`, {
    headers: { 'sec-fetch-site': 'cross-site' },
  })
  expect([answer.status, await answer.text()]).toEqual([200, expect.stringContaining('Connected')])
  expect((await waiting.ended).code).toBe(0)
})
