/*
 * A whole Muster in memory that answers on a port, with an account, and a browser that has no more than cookies and forms: what
 * a page asks is filled in by name, as it stands there.
 */
import { createApi, type ApiPorts } from '../../src/api/index.ts'
import { createAccount } from '../../src/accounts/index.ts'
import type { Account } from '../../src/vocabulary/index.ts'
import { apiPorts } from './api-ports.ts'
import { aWorld, type World } from './world.ts'

export const rightPassword = 'four words of chance'

export interface PageAnswer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** Where the browser is sent; `null`: nowhere. */
  readonly location: URL | null
  readonly setCookies: readonly string[]
}

export interface TestBrowser {
  readonly cookies: Map<string, string>
  get(address: string, headers?: Readonly<Record<string, string>>): Promise<PageAnswer>
  /** Sends the form of the page that was got last: its hidden fields, and these. */
  submit(fields: Readonly<Record<string, string>>, headers?: Readonly<Record<string, string>>): Promise<PageAnswer>
  post(
    address: string,
    fields: Readonly<Record<string, string>>,
    headers?: Readonly<Record<string, string>>,
  ): Promise<PageAnswer>
}

export interface SignInWorld extends World {
  readonly root: string
  readonly tenantId: string
  readonly api: ApiPorts
  readonly mira: Account
  browser(): TestBrowser
}

export async function aSignInWorld(more: Partial<ApiPorts> = {}): Promise<SignInWorld> {
  const world = await aWorld({ assignEverybody: false })
  const api: ApiPorts = { ...apiPorts(world.ports), ...more }
  const app = await createApi(api)
  const root = await app.listen({ port: 0, host: '127.0.0.1' })
  const mira = await createAccount(world.ports, {
    userPrincipalName: 'mira@example.com',
    displayName: 'Mira Okafor',
    password: rightPassword,
  })
  return {
    ...world,
    root,
    api,
    mira,
    tenantId: world.ports.tenantId,
    browser: () => createTestBrowser(root),
    async close() {
      await app.close()
      await world.close()
    },
  }
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" }
const plain = (text: string): string =>
  text.replace(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => entities[name] ?? '')

export function createTestBrowser(root: string): TestBrowser {
  const cookies = new Map<string, string>()
  let last = { address: root, text: '' }

  async function ask(address: string, init: RequestInit): Promise<PageAnswer> {
    const url = new URL(address, last.address)
    const headers = new Headers(init.headers)
    if (cookies.size > 0) headers.set('cookie', [...cookies].map(([name, value]) => `${name}=${value}`).join('; '))
    const answer = await fetch(url, { ...init, headers, redirect: 'manual' })
    const setCookies = answer.headers.getSetCookie()
    for (const each of setCookies) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(each) ?? []
      if (/max-age=0|expires=thu, 01 jan 1970/i.test(each)) cookies.delete(name)
      else cookies.set(name, value)
    }
    const text = await answer.text()
    const location = answer.headers.get('location')
    last = { address: url.href, text }
    return {
      status: answer.status,
      headers: answer.headers,
      text,
      location: location === null ? null : new URL(location, url),
      setCookies,
    }
  }

  const post: TestBrowser['post'] = (address, fields, headers = {}) =>
    ask(address, { method: 'POST', body: new URLSearchParams(fields), headers })

  return {
    cookies,
    get: (address, headers = {}) => ask(address, { headers }),
    post,
    submit(fields, headers) {
      const form = /<form\s+method="post"\s+action="([^"]*)"\s*>([\s\S]*?)<\/form>/.exec(last.text)
      if (form === null) throw new Error(`There is no form on the page:\n${last.text}`)
      const [, action = '', inside = ''] = form
      const hidden = [...inside.matchAll(/<input\s+type="hidden"\s+name="([^"]*)"\s+value="([^"]*)"\s*\/?>/g)].map(
        ([, name = '', value = '']) => [name, plain(value)] as const,
      )
      return post(plain(action), { ...Object.fromEntries(hidden), ...fields }, headers)
    },
  }
}
