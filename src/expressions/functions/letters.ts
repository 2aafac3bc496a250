/*
 * The functions that change the letters of a text: case, diacritics, white space (expressions.md 8.1).
 */
import { caseMappingOf, lowerInvariant, titleCase, titleCaseBetween, upperInvariant } from '../casing.ts'
import type { CaseMapping } from '../casing.ts'
import { normalizeDiacritics } from '../diacritics.ts'
import type { Evaluate } from '../run.ts'
import { fail, shown, toText } from '../values.ts'
import { trim } from '../white-space.ts'
import type { Call, FunctionDefinition } from './definition.ts'
import { argumentAt, optional, optionalAt, required } from './definition.ts'
import { eachText } from './each-text.ts'

type ChooseMapping = (mapping: CaseMapping) => (text: string) => string

function buildCasing(call: Call, invariant: (text: string) => string, choose: ChooseMapping): Evaluate {
  const { site } = call
  const culture = optionalAt(call, 1)
  const source = argumentAt(call, 0)
  if (culture === null) return eachText(source, site, invariant)
  return eachText(source, site, (text, run) => {
    const name = toText(culture.evaluate(run), site) ?? ''
    const mapping = caseMappingOf(name)
    if (mapping === null)
      fail(site, `A culture such as en-US or tr-TR is expected, but ${shown(site, name)} was given.`)
    return choose(mapping)(text)
  })
}

const toLower: FunctionDefinition = {
  name: 'ToLower',
  parameters: [required('source'), optional('culture')],
  documentation:
    'The text in lower case, character by character. The culture is a name such as tr-TR; without one, the same rules hold everywhere.',
  examples: [{ expression: 'ToLower([mail])', attributes: { mail: 'Jane@Contoso.com' }, result: 'jane@contoso.com' }],
  build: (call) => buildCasing(call, lowerInvariant, (mapping) => mapping.lower),
}

const toUpper: FunctionDefinition = {
  name: 'ToUpper',
  parameters: [required('source'), optional('culture')],
  documentation:
    'The text in upper case, character by character; ß has no single capital and stays. The culture is a name such as tr-TR.',
  examples: [{ expression: 'ToUpper([country])', attributes: { country: 'de' }, result: 'DE' }],
  build: (call) => buildCasing(call, upperInvariant, (mapping) => mapping.upper),
}

const pCase: FunctionDefinition = {
  name: 'PCase',
  parameters: [required('source'), optional('wordSeparators')],
  documentation:
    'Lower case with a capital at the beginning of each word. Without separators, white space, punctuation and symbols end a word, the apostrophe does not; otherwise exactly the characters given.',
  examples: [
    { expression: 'PCase([givenName])', attributes: { givenName: 'PABLO GONSALVES' }, result: 'Pablo Gonsalves' },
    { expression: 'PCase([surname], " \'-")', attributes: { surname: "PINTO-DE'SILVA" }, result: "Pinto-De'Silva" },
  ],
  build: (call) => {
    const { site } = call
    const separators = optionalAt(call, 1)
    const source = argumentAt(call, 0)
    if (separators === null) return eachText(source, site, titleCase)
    return eachText(source, site, (text, run) => {
      const characters = toText(separators.evaluate(run), site)
      return characters === null ? titleCase(text) : titleCaseBetween(text, characters)
    })
  },
}

function ofSource(
  name: string,
  documentation: string,
  change: (text: string) => string,
  source: string,
  result: string,
): FunctionDefinition {
  return {
    name,
    parameters: [required(name === 'Trim' ? 'value' : 'source')],
    documentation,
    examples: [{ expression: `${name}([displayName])`, attributes: { displayName: source }, result }],
    build: (call) => eachText(argumentAt(call, 0), call.site, change),
  }
}

const normalize = ofSource(
  'NormalizeDiacritics',
  'Latin letters without diacritics: ä becomes a, ø becomes oe, ß becomes ss. Other scripts stay as they are.',
  normalizeDiacritics,
  'Zoë Bjørn',
  'Zoe Bjoern',
)

const stripSpaces = ofSource(
  'StripSpaces',
  'The text without blanks, wherever they stand. Tabs and no-break spaces stay.',
  (text) => (text.includes(' ') ? text.replaceAll(' ', '') : text),
  ' John  van  Doe ',
  'JohnvanDoe',
)

const trimFunction = ofSource(
  'Trim',
  'The text without white space at its beginning and end.',
  trim,
  ' Marketing ',
  'Marketing',
)

export const letterFunctions: readonly FunctionDefinition[] = [
  toLower,
  toUpper,
  pCase,
  normalize,
  stripSpaces,
  trimFunction,
]
