/* The vectors of the Slack workspace (slack.md 10.3), and that their runner can say no. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { summaryOf } from './results.ts'
import type { VectorResult } from './results.ts'
import { mismatch } from './slack-scim-matching.ts'
import { runSlackScimVectors } from './slack-scim.ts'

const vectorFile = fileURLToPath(new URL('slack-scim.json', import.meta.url))

/** What was reached; a change may not fall behind it. */
const passedMin = 193

test('every Slack check gets the answer it expects', async () => {
  const results = await runSlackScimVectors(vectorFile)
  console.log(summaryOf('slack-scim', results))
  expect(results.filter(({ outcome }) => outcome !== 'passed')).toEqual([])
  expect(results.length).toBeGreaterThanOrEqual(passedMin)
})

interface Check {
  readonly given: object
  readonly request: object
  readonly expect: object
  readonly then?: readonly object[]
}

const read = { method: 'GET', path: '/scim/v1/Users/${users.alice.id}', body: null }
const rename = { schemas: ['urn:scim:schemas:core:1.0'], displayName: 'Sales EMEA' }
const renameGroup = { method: 'PATCH', path: '/scim/v1/Groups/${groups.sales.id}', body: rename }
const readGroup = { method: 'GET', path: '/scim/v1/Groups/${groups.sales.id}' }

/** Runs checks of our own on the fixtures of the real file. */
async function outcomes(checks: Readonly<Record<string, Check>>): Promise<Readonly<Record<string, VectorResult>>> {
  const file = JSON.parse(readFileSync(vectorFile, 'utf8')) as object
  const directory = mkdtempSync(join(tmpdir(), 'slack-vectors-'))
  try {
    const path = join(directory, 'other.json')
    const entries = Object.entries(checks).map(([id, check]) => ({ id, ...check }))
    writeFileSync(path, JSON.stringify({ ...file, checks: entries }))
    const results = await runSlackScimVectors(path)
    return Object.fromEntries(results.map((result) => [result.id, result]))
  } finally {
    rmSync(directory, { recursive: true })
  }
}

test('another file of the same form is run, and what is wrong in it fails with the reason', async () => {
  const given = { fixture: 'bplus', token: 'admin' }
  const renamed = { status: 200, bodyIncludes: { displayName: 'Sales EMEA' } }
  const results = await outcomes({
    right: { given, request: read, expect: { status: 200, bodyIncludes: { userName: 'alice' } } },
    patient: {
      given,
      request: renameGroup,
      expect: { status: 204, bodyIncludes: null, bodyEmpty: true },
      then: [{ request: readGroup, expect: { ...renamed, eventuallyWithinMs: 3000 } }],
    },
    impatient: {
      given,
      request: renameGroup,
      expect: { status: 204 },
      then: [{ request: readGroup, expect: renamed }],
    },
    status: { given, request: read, expect: { status: 201 } },
    body: { given, request: read, expect: { status: 200, bodyIncludes: { userName: 'bob' } } },
    header: { given, request: read, expect: { status: 200, headersInclude: { 'content-type': 'text/html' } } },
    notEmpty: { given, request: read, expect: { status: 200, bodyEmpty: true } },
    setting: { given: { ...given, settings: { gravity: 9.8 } }, request: read, expect: { status: 200 } },
    placeholder: { given, request: { ...read, path: '/scim/v1/Users/${users.zoe.id}' }, expect: { status: 404 } },
    token: { given: { ...given, token: 'golden' }, request: read, expect: { status: 200 } },
    word: { given: { ...given, weather: 'fine' }, request: read, expect: { status: 200 } },
    budget: {
      given: { ...given, exhaust: { endpoint: 'POST /Users', requests: 21, withinMs: 500 } },
      request: read,
      expect: { status: 200 },
    },
  })
  const reasons = Object.entries(results).map(([id, { outcome, reason = '' }]) => [id, `${outcome} ${reason}`])
  expect(Object.fromEntries(reasons)).toMatchObject({
    right: expect.stringMatching(/^passed/) as string,
    patient: expect.stringMatching(/^passed/) as string,
    impatient: expect.stringMatching(/^failed afterwards .*body.displayName is "Sales" instead/) as string,
    status: expect.stringMatching(/^failed status 200 instead of 201/) as string,
    body: expect.stringMatching(/^failed body.userName is "alice"/) as string,
    header: expect.stringMatching(/^failed headers.content-type/) as string,
    notEmpty: expect.stringMatching(/^failed a body where none/) as string,
    setting: expect.stringMatching(/^failed threw .*gravity/) as string,
    placeholder: expect.stringMatching(/^failed threw .*users.zoe.id/) as string,
    token: expect.stringMatching(/^failed threw .*golden/) as string,
    word: expect.stringMatching(/^failed threw .*weather/s) as string,
    budget: expect.stringMatching(/^failed threw .*Request 21 of 21/) as string,
  })
})

test('each matcher tells right from wrong', () => {
  const cases: readonly (readonly [unknown, unknown, unknown])[] = [
    // expected, a value it takes, a value it does not take
    ['a', 'a', 'A'],
    [null, null, undefined],
    [{ a: 1 }, { a: 1, b: 2 }, { b: 1 }],
    [[1, { a: 1 }], [{ a: 1, b: 1 }, 1], [1]],
    [{ $startsWith: 'ab' }, 'abc', 'cab'],
    [{ $regex: '^a+$' }, 'aa', 'ab'],
    [{ $type: 'array' }, [], {}],
    [{ $type: 'object' }, {}, null],
    [{ $length: 2 }, [1, 2], [1]],
    [{ $contains: 'x' }, ['y', 'x'], ['y']],
    [{ a: { $absent: true } }, {}, { a: null }],
    [{ $not: 'x' }, 'y', 'x'],
    [{ $oneOf: [{ $absent: true }, { a: null }] }, undefined, { a: 1 }],
  ]
  for (const [expected, right, wrong] of cases) {
    expect(mismatch(expected, right, ''), JSON.stringify(expected)).toBeNull()
    expect(mismatch(expected, wrong, ''), JSON.stringify(expected)).not.toBeNull()
  }
  expect(mismatch({ $anyText: { $regex: 'b' } }, {}, 'abc')).toBeNull()
  expect(mismatch({ $anyText: { $regex: 'd' } }, {}, 'abc')).not.toBeNull()
  expect(() => mismatch({ $guess: 1 }, 1, '')).toThrow('$guess')
})
