/* Which paths below /scim/ are none, and which only name the wrong version (slack.md 1.6, 5.2). */
import { expect, test } from 'vitest'
import { aWorkspace, refusalOf } from '../../test/builders/slack-workspace.ts'

async function refusedAt(path: string, workspace = aWorkspace()): Promise<readonly [number, string]> {
  const reply = await workspace.send('GET', path)
  return [reply.status, refusalOf(reply)]
}

test('a path without a version is no endpoint', async () => {
  for (const path of ['/scim/', '/scim//', '/scim//Users', '/scim/Users', '/scim/v', '/scim/version/Users']) {
    expect(await refusedAt(path), path).toEqual([404, 'bad_endpoint'])
  }
})

test('a version that does not exist, or is switched off, is unsupported', async () => {
  for (const path of ['/scim/v3/Users', '/scim/v0/', '/scim/V1/Users', '/scim/v1.1/Users', '/scim/v22']) {
    expect(await refusedAt(path), path).toEqual([400, 'unsupported_version'])
  }
  const onlyV1 = aWorkspace({ knobs: { v2Enabled: false } })
  expect(await refusedAt('/scim/v2/Users', onlyV1)).toEqual([400, 'unsupported_version'])
  expect((await onlyV1.send('GET', '/scim/v1/Users')).status).toBe(200)
})

test('a version alone is no endpoint', async () => {
  for (const path of ['/scim/v1', '/scim/v1/', '/scim/v1//Users']) {
    expect(await refusedAt(path), path).toEqual([404, 'bad_endpoint'])
  }
})
