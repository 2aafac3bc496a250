/* One connection for each service principal: whose credentials it sends, when it is opened anew, and where it may not lead. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createSimulator, type Simulator } from '../../simulator/index.ts'
import { sendTo } from '../../test/builders/simulator-send.ts'
import { aLink } from '../../test/builders/stored.ts'
import { aWorld, type World } from '../../test/builders/world.ts'
import { createSlackTarget } from '../connectors/slack/index.ts'
import { createKeyring, createSecretBox, type SecretBox } from '../secrets/index.ts'
import { ConnectorError, type SecretPair, type SynchronizationJob } from '../vocabulary/index.ts'
import { createConnectionRegistry, type ConnectionRegistry } from './connection-registry.ts'
import { plainPort } from './own-connection.ts'
import { createSharedBudgets, tokenKey } from './shared-budgets.ts'

let world: World
let secrets: SecretBox
let registry: ConnectionRegistry
let acme: Simulator
let globex: Simulator
let connected: string[]
let renewed: string[]
/** By host: tokens that were sent there. */
let sent: string[]

const address = 'https://api.slack.com'
const installationToken = 'xoxp-installation-1'

beforeEach(async () => {
  world = await aWorld()
  const { clock, store } = world
  secrets = createSecretBox(store.secrets, createKeyring([{ id: '00000000', bytes: Buffer.alloc(32) }]))
  acme = createSimulator({ clock, seed: 1, latencyMs: 0, latencyJitterMs: 0 })
  globex = createSimulator({ clock, seed: 2, latencyMs: 0, latencyJitterMs: 0 })
  globex.setSettings({ teamId: 'T0GLOBEX00', teamName: 'Globex' })
  ;[connected, renewed, sent] = [[], [], []]
  registry = await open()
})

afterEach(async () => {
  await registry.close()
  await world.close()
})

/** Another process has a registry of its own. */
async function open(): Promise<ConnectionRegistry> {
  const { clock, store } = world
  const budgets = createSharedBudgets()
  const target = createSlackTarget({
    token: installationToken,
    clock,
    random: () => 0.5,
    send,
    budget: budgets.under(() => tokenKey(address, installationToken)),
  })
  const never = () => Promise.reject(new Error('Nobody asks for this here.'))
  return await createConnectionRegistry({
    store,
    secrets,
    budgets,
    installation: {
      port: plainPort(address, () => 'setting', never, never),
      target,
      teamId: () => Promise.resolve({ teamId: 'T0INSTALLED', team: 'Installed' }),
    },
    clock,
    random: () => 0.5,
    rateShare: 1,
    rate: 'published',
    protectedAccounts: [],
    send,
    usual: { slackUrl: address, dialect: 'slack-v1', app: () => null },
    tellRenewal: async (id, work) => {
      renewed.push(id)
      await work()
    },
    onConnected: (id) => {
      connected.push(id)
      return Promise.resolve()
    },
  })
}

/** All workspaces answer at one address, as Slack does: the token says which one is meant. */
const send: ReturnType<typeof sendTo> = async (request, sending) => {
  const token = /^Bearer (.*)$/.exec(request.headers['authorization'] ?? '')?.[1] ?? ''
  sent.push(token)
  return await sendTo(token === globex.token ? globex : acme)(request, sending)
}

const job = (servicePrincipalId: string, templateId = 'Slack') => ({ servicePrincipalId, templateId })

const pairs = (token: string, more: Readonly<Record<string, string>> = {}): readonly SecretPair[] =>
  Object.entries({ BaseAddress: address, SecretToken: token, ...more }).map(([key, value]) => ({ key, value }))

async function store(id: string, given: readonly SecretPair[]): Promise<void> {
  await secrets.replace(id, given)
  await registry.changed(id)
}

/** A job of its own that has linked somebody. */
async function aLinkingJob(id: string): Promise<SynchronizationJob> {
  const made: SynchronizationJob = {
    ...world.job,
    jobId: `Slack.${id}`,
    servicePrincipalId: id,
    servicePrincipalDisplayName: `Job of ${id}`,
  }
  await world.store.jobs.create(made)
  const claim = await world.store.jobs.claim({
    owner: 'test',
    leaseMs: 60_000,
    now: world.clock.now(),
    jobId: made.jobId,
  })
  if (claim === null) throw new Error('The job could not be claimed.')
  await world.store.provisioning.saveOutcomes(claim.lease, [
    {
      logEntry: null,
      link: {
        kind: 'put',
        link: aLink('user-1'),
      },
    },
  ])
  await world.store.jobs.release(claim.lease)
  return made
}

const failureOf = async (work: Promise<unknown>): Promise<ConnectorError> => {
  try {
    await work
  } catch (error) {
    if (error instanceof ConnectorError) return error
    throw error
  }
  throw new Error('It worked.')
}

const check = (id: string, templateId?: string) =>
  world.clock.runUntilDone(registry.connect(job(id, templateId)).checkCredentials())

describe('whose credentials are sent', () => {
  it('those of the service principal, each to its workspace', async () => {
    await store('one', pairs(acme.token))
    await store('two', pairs(globex.token))
    await check('one')
    expect(new Set(sent)).toEqual(new Set([acme.token]))
    sent = []
    await check('two')
    expect(new Set(sent)).toEqual(new Set([globex.token]))
    expect(connected).toEqual(['one', 'two'])
  })

  it('those of the settings, where it may use them and has none of its own', async () => {
    await registry.useInstallation('one')
    await failureOf(check('one'))
    expect(sent).toEqual([installationToken])
    sent = []
    await store('one', pairs(acme.token))
    await check('one')
    expect(sent).not.toContain(installationToken)
    await store('one', [])
    sent = []
    await failureOf(check('one'))
    expect(sent).toEqual([installationToken])
  })

  it('none: then nothing is sent, and it is said by name', async () => {
    expect(await failureOf(check('one'))).toMatchObject({ code: 'CredentialsMissing', scope: 'job' })
    await store('one', [{ key: 'BaseAddress', value: address }])
    expect(await failureOf(check('one'))).toMatchObject({ code: 'CredentialsMissing' })
    await store('two', [{ key: 'SecretToken', value: 'xyz' }])
    expect(await failureOf(check('two', 'scim'))).toMatchObject({
      code: 'CredentialsMissing',
      message: expect.stringContaining('BaseAddress') as string,
    })
    expect(await failureOf(registry.test({ ...job('three') }))).toMatchObject({ code: 'CredentialsMissing' })
    expect(sent).toEqual([])
  })

  it('an address that cannot be used is said whatever is asked, and nothing is sent', async () => {
    await store('one', pairs(acme.token, { BaseAddress: 'https://me:geheim@api.slack.com' }))
    const error = await failureOf(check('one'))
    expect(error.message).toMatch(/user name or password/)
    expect(error.message).not.toContain('geheim')
    const report = await registry.test(job('one'))
    expect(report).toMatchObject({ isAccepted: false, steps: [{ name: 'address', status: 'failed' }] })
    expect(JSON.stringify(report)).not.toContain('geheim')
    expect(sent).toEqual([])
  })

  it('what cannot be opened stops this one alone', async () => {
    await store('one', pairs(acme.token))
    await store('two', pairs(globex.token))
    const [first] = await world.store.secrets.list('one')
    if (first === undefined) throw new Error('Nothing is stored.')
    await world.store.secrets.replace('one', [{ ...first, sealed: `${first.sealed.slice(0, -4)}AAAA` }])
    expect((await failureOf(check('one'))).message).toMatch(/altered/)
    await check('two')
  })
})

describe('other secrets', () => {
  it('open another connection; who still uses the old one finishes with it', async () => {
    await store('one', pairs(acme.token))
    const running = registry.connect(job('one'))
    await world.clock.runUntilDone(running.checkCredentials())
    await store('one', pairs(globex.token))
    sent = []
    await world.clock.runUntilDone(running.checkCredentials())
    expect(new Set(sent)).toEqual(new Set([acme.token]))
    sent = []
    await check('one')
    expect(new Set(sent)).toEqual(new Set([globex.token]))
    await running.close()
  })

  it('that another process has stored are noticed', async () => {
    await store('one', pairs(acme.token))
    await check('one')
    const other = await open()
    await secrets.replace('one', pairs(globex.token))
    await other.changed('one')
    sent = []
    await check('one')
    expect(new Set(sent)).toEqual(new Set([globex.token]))
    await other.close()
  })

  it('go with the last job of the service principal', async () => {
    await store('one', pairs(acme.token))
    await registry.share('one', true)
    await registry.forget(job('one'))
    expect(await secrets.list('one')).toEqual([])
    expect(await registry.describe(job('one'))).toMatchObject({
      from: 'nowhere',
      origin: 'none',
      sharesWorkspace: false,
    })
  })
})

describe('a test of the connection', () => {
  it('with pairs that are not stored tries them and stores nothing', async () => {
    const report = await world.clock.runUntilDone(registry.test({ ...job('one'), pairs: pairs(acme.token) }))
    expect(report).toMatchObject({ isAccepted: true })
    const refused = await world.clock.runUntilDone(registry.test({ ...job('one'), pairs: pairs('xoxp-1-nobody') }))
    expect(refused).toMatchObject({ isAccepted: false })
    expect(await secrets.list('one')).toEqual([])
    expect(connected).toEqual([])
    expect(await registry.describe(job('one'))).toMatchObject({ from: 'nowhere' })
  })

  it('takes what is stored for a value that is masked', async () => {
    await store('one', pairs(acme.token))
    const report = await world.clock.runUntilDone(registry.test({ ...job('one'), pairs: pairs('*') }))
    expect(report).toMatchObject({ isAccepted: true })
  })
})

describe('limits', () => {
  it('are shared by all who send one token, and by two tokens of one workspace once that is known', async () => {
    const second = acme.issueToken({ installer: 'adam' })
    await store('one', pairs(acme.token))
    await store('two', pairs(acme.token))
    await store('three', pairs(second))
    await registry.share('two', true)
    await registry.share('three', true)
    const [one, two, three] = ['one', 'two', 'three'].map((id) => registry.connect(job(id)))
    if (one === undefined || two === undefined || three === undefined) throw new Error('A target is missing.')
    const spent = (target: typeof one): number => target.budgets?.().find(({ name }) => name === 'allReads')?.spent ?? 0
    // The check before the workspace is known counts for the token.
    for (const target of [one, two, three]) await world.clock.runUntilDone(target.checkCredentials())
    for (const target of [one, two, three]) await world.clock.runUntilDone(target.read('User', 'U0NOBODY00'))
    expect([one, two, three].map(spent)).toEqual([3, 3, 3])
  })
})

describe('where a connection may not lead', () => {
  it('to a workspace that another job steers, unless somebody said so', async () => {
    const first = await aLinkingJob('one')
    await store('one', pairs(acme.token))
    await check('one')
    await store('two', pairs(acme.token))
    const error = await failureOf(check('two'))
    expect(error.message).toContain(first.servicePrincipalDisplayName)
    expect(error.message).toMatch(/steers .* already, with 1 people and groups.*muster jobs share/)
    const report = await world.clock.runUntilDone(registry.test(job('two')))
    expect(report.steps.at(-1)).toMatchObject({ name: 'place', status: 'failed' })
    await registry.share('two', true)
    await check('two')
    // Who was there stays, also when both have linked somebody and the service starts again.
    await aLinkingJob('two')
    const again = await open()
    for (const id of ['one', 'two']) await world.clock.runUntilDone(again.connect(job(id)).checkCredentials())
    await again.close()
  })

  it('to another workspace than that of the accounts it has linked', async () => {
    await aLinkingJob('one')
    await store('one', pairs(acme.token))
    await check('one')
    await store('one', pairs(globex.token))
    expect((await failureOf(check('one'))).message).toMatch(/Globex.*linked to accounts in Acme/)
    await store('one', pairs(acme.token))
    await check('one')
  })

  it('anywhere, as long as it has linked nobody', async () => {
    await store('one', pairs(acme.token))
    await check('one')
    await store('one', pairs(globex.token))
    await check('one')
  })

  it('to a real Slack with the people of an example', async () => {
    await world.store.setValue('slackPlace', 'a simulator on this machine')
    await store('one', pairs(acme.token))
    expect((await failureOf(check('one'))).message).toMatch(/fresh folder with MUSTER_DATA/)
    await store('one', pairs(acme.token, { BaseAddress: 'http://127.0.0.1:8471' }))
    await check('one')
  })
})

describe('a token that ends', () => {
  const rotating = (more: Readonly<Record<string, string>> = {}) => ({
    Oauth2ClientId: '111.444',
    Oauth2ClientSecret: 'shh-very-secret',
    ...more,
  })

  async function anEndingToken(): Promise<readonly SecretPair[]> {
    acme.addApp({
      clientId: '111.444',
      clientSecret: 'shh-very-secret',
      name: 'Muster',
      redirectUrls: ['https://muster.example/back'],
      hasTokenRotation: true,
    })
    const code = acme.issueCode({ user: 'adam', clientId: '111.444', redirectUri: 'https://muster.example/back' })
    const answer = await acme.handle({
      method: 'POST',
      url: '/api/oauth.v2.access',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({
        code,
        client_id: '111.444',
        client_secret: 'shh-very-secret',
        redirect_uri: 'https://muster.example/back',
      }).toString(),
    })
    const { authed_user: user } = JSON.parse(answer.body) as {
      readonly authed_user: { readonly access_token: string; readonly refresh_token: string }
    }
    return Object.entries({
      BaseAddress: address,
      Oauth2AccessToken: user.access_token,
      Oauth2RefreshToken: user.refresh_token,
      TokenExpiration: new Date(world.clock.now() + 12 * 3_600_000).toISOString(),
      SyncAll: 'false',
      ...rotating(),
    }).map(([key, value]) => ({ key, value }))
  }

  const tokenOf = async (id: string): Promise<string | null> => await secrets.get(id, 'Oauth2AccessToken')

  it('is exchanged in time; the new one is sealed, told of, and taken over by another process', async () => {
    await store('one', await anEndingToken())
    await check('one')
    const other = await open()
    await world.clock.runUntilDone(other.connect(job('one')).checkCredentials())
    const before = await tokenOf('one')
    await world.clock.advance(11.5 * 3_600_000)
    await check('one')
    const after = await tokenOf('one')
    expect(after).not.toBe(before)
    expect(renewed).toEqual(['one'])
    expect(await secrets.get('one', 'SyncAll')).toBe('false')
    sent = []
    await world.clock.runUntilDone(other.connect(job('one')).checkCredentials())
    expect(new Set(sent)).toEqual(new Set([after]))
    expect(renewed).toEqual(['one'])
    await other.close()
  })

  it('does not come back when somebody has entered another one meanwhile', async () => {
    await store('one', await anEndingToken())
    const running = registry.connect(job('one'))
    await world.clock.runUntilDone(running.checkCredentials())
    await world.clock.advance(11.5 * 3_600_000)
    await secrets.replace('one', pairs(acme.token))
    await world.clock.runUntilDone(running.checkCredentials())
    expect(await secrets.list('one')).toEqual(expect.arrayContaining(pairs(acme.token).map((pair) => ({ ...pair }))))
    expect(await tokenOf('one')).toBeNull()
    await running.close()
  })
})
