/*
 * The functions that draw from the context's secure random source: Guid and RandomString (expressions.md 8.1).
 */
import type { Run } from '../run.ts'
import { fail, shownNumber, toCount, toText } from '../values.ts'
import type { Site } from '../values.ts'
import type { Call, Finding, FunctionDefinition, Places } from './definition.ts'
import { argumentAt, literalInteger, optional, optionalAt, required } from './definition.ts'

function drawBytes(run: Run, count: number, site: Site): Uint8Array {
  const { randomBytes } = run.context
  return randomBytes === undefined ? fail(site, 'There is no random source here.') : randomBytes(count)
}

const guid: FunctionDefinition = {
  name: 'Guid',
  parameters: [],
  documentation: 'A new random GUID, in lower case with hyphens.',
  examples: [
    {
      expression: 'Guid()',
      attributes: {},
      context: { randomBytes: (count) => new Uint8Array(count).fill(0xab) },
      result: /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    },
  ],
  isRandom: true,
  build: (call) => (run) => guidOf(drawBytes(run, 16, call.site)),
}

/** Version 4, variant 10 (RFC 9562 section 5.4). */
function guidOf(bytes: Uint8Array): string {
  const hex = Array.from(bytes, (byte, index) => {
    const marked = index === 6 ? (byte & 0x0f) | 0x40 : index === 8 ? (byte & 0x3f) | 0x80 : byte
    return marked.toString(16).padStart(2, '0')
  }).join('')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}

const lengthMax = 256

/** In the order of the minima. */
const classes = [
  { name: 'MinimumNumbers', characters: '0123456789' },
  { name: 'MinimumSpecialCharacters', characters: '~!@#$%^&*_-+=`|\\(){}[]:;"\'<>,.?/' },
  { name: 'MinimumCapital', characters: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ' },
  { name: 'MinimumLowerCase', characters: 'abcdefghijklmnopqrstuvwxyz' },
] as const

const randomString: FunctionDefinition = {
  name: 'RandomString',
  parameters: [
    required('Length', 'Integer'),
    ...classes.map(({ name }) => required(name, 'Integer')),
    optional('CharactersToAvoid'),
  ],
  documentation:
    'A random text of this length, at most 256, with at least so many digits, special characters, capitals and small letters; the rest is drawn from all four. Put Redact around it, so that no log shows it.',
  examples: [
    {
      expression: 'Redact(RandomString(6, 3, 0, 0, 3))',
      attributes: {},
      context: { randomBytes: (count) => Uint8Array.from({ length: count }, (_, index) => (index * 37) % 251) },
      result: /^(?=(?:.*[0-9]){3})(?=(?:.*[a-z]){3})[0-9a-z]{6}$/,
    },
  ],
  isRandom: true,
  failsOnNull: [0, 1, 2, 3, 4],
  check: checkRandomString,
  build: buildRandomString,
}

function checkRandomString({ node, fixed }: Places): Finding | null {
  const length = literalInteger(fixed[0])
  if (length === null) return null
  const minima = fixed.slice(1, 1 + classes.length).map((minimum) => literalInteger(minimum) ?? 0n)
  const message = wrongLength(
    Number(length),
    minima.map((minimum) => Number(minimum)),
  )
  return message === null ? null : { kind: 'argument', position: node.start, message }
}

function wrongLength(length: number, minima: readonly number[]): string | null {
  const sum = minima.reduce((total, minimum) => total + Math.max(0, minimum), 0)
  if (length > lengthMax) return `RandomString makes at most ${lengthMax} characters, but ${length} are asked for.`
  if (length < sum) return `The minima of RandomString add up to ${sum} characters, but its length is ${length}.`
  return null
}

function buildRandomString(call: Call): (run: Run) => string {
  const { site } = call
  const lengthArgument = argumentAt(call, 0).evaluate
  const minimumArguments = classes.map((_, index) => argumentAt(call, index + 1).evaluate)
  const avoided = optionalAt(call, 1 + classes.length)
  return (run) => {
    const length = toCount(lengthArgument(run), site)
    const minima = minimumArguments.map((minimum) => toCount(minimum(run), site))
    if (length < 0 || minima.some((minimum) => minimum < 0))
      fail(site, 'The numbers of RandomString cannot be negative.')
    const wrong = wrongLength(length, minima)
    if (wrong !== null)
      fail(site, site.hidesValues ? 'The length of RandomString is above 256 or below its minima.' : wrong)
    const avoid = new Set(avoided === null ? '' : (toText(avoided.evaluate(run), site) ?? ''))
    const sets = classes.map(({ characters }) => [...characters].filter((character) => !avoid.has(character)))
    return drawString(length, minima, sets, run, site)
  }
}

function drawString(
  length: number,
  minima: readonly number[],
  sets: readonly (readonly string[])[],
  run: Run,
  site: Site,
): string {
  const drawn: string[] = []
  for (const [index, set] of sets.entries()) {
    const minimum = minima[index] ?? 0
    const name = classes[index]?.name ?? ''
    if (minimum > 0 && set.length === 0)
      fail(site, `${name} is ${shownNumber(site, minimum)}, but CharactersToAvoid leaves no such character.`)
    for (let count = 0; count < minimum; count++) drawn.push(drawOne(set, run, site))
  }
  const all = sets.flat()
  if (all.length === 0 && drawn.length < length) fail(site, 'CharactersToAvoid leaves no character to draw.')
  while (drawn.length < length) drawn.push(drawOne(all, run, site))
  return shuffled(drawn, run, site).join('')
}

function drawOne(characters: readonly string[], run: Run, site: Site): string {
  return characters[drawBelow(characters.length, run, site)] ?? ''
}

/** Every number below the limit is equally likely: bytes that would favour the low ones are drawn again. */
function drawBelow(limit: number, run: Run, site: Site): number {
  const fair = 256 - (256 % limit)
  for (;;) {
    const byte = drawBytes(run, 1, site)[0]
    if (byte === undefined) fail(site, 'The random source gives no bytes.')
    if (byte < fair) return byte % limit
  }
}

/** Fisher and Yates. */
function shuffled(characters: readonly string[], run: Run, site: Site): string[] {
  const result = [...characters]
  for (let last = result.length - 1; last > 0; last--) {
    const chosen = drawBelow(last + 1, run, site)
    const kept = result[last] ?? ''
    result[last] = result[chosen] ?? ''
    result[chosen] = kept
  }
  return result
}

export const randomFunctions: readonly FunctionDefinition[] = [guid, randomString]
