/* The vectors of the Slack workspace (slack.md 10.3). */
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { summaryOf } from './results.ts'
import { runSlackScimVectors } from './slack-scim.ts'

/** What was reached; a change may not fall behind it. */
const passedMin = 193

test('every Slack check gets the answer it expects', async () => {
  const results = await runSlackScimVectors(fileURLToPath(new URL('slack-scim.json', import.meta.url)))
  console.log(summaryOf('slack-scim', results))
  for (const { id, outcome, reason } of results) if (outcome === 'skipped') console.log(`${id} skipped: ${reason}`)
  expect(results.filter(({ outcome }) => outcome === 'failed')).toEqual([])
  expect(results.filter(({ outcome }) => outcome === 'passed').length).toBeGreaterThanOrEqual(passedMin)
})
