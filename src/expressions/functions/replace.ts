/*
 * Replace: five functions under one name, told apart by the places that are filled (expressions.md 8.1, table of modes).
 */
import type { Evaluate, Run } from '../run.ts'
import { fail, refuseLongText, shown, toText } from '../values.ts'
import type { Site } from '../values.ts'
import type { Argument, Call, Finding, FunctionDefinition, Places } from './definition.ts'
import { argumentAt, literalText, optional, required } from './definition.ts'
import { changeEach, eachText } from './each-text.ts'
import {
  compilePattern,
  groupOfFirstMatch,
  groupReplacer,
  newSteps,
  PatternFailure,
  StepsExceeded,
  substituter,
} from '../regular-expressions/index.ts'
import type { RegularExpression, Replacer } from '../regular-expressions/index.ts'

const place = {
  source: 0,
  oldValue: 1,
  pattern: 2,
  group: 3,
  replacement: 4,
  replacementAttribute: 5,
  template: 6,
} as const

type Mode = 'text' | 'template' | 'pattern' | 'group' | 'attribute'

/** Which places are supplied decides the mode; any other combination is refused (R1). */
const modesByPlaces: ReadonlyMap<string, Mode> = new Map([
  ['1,4', 'text'],
  ['1,6', 'template'],
  ['2,4', 'pattern'],
  ['2,3,4', 'group'],
  ['2,3,5', 'attribute'],
])

function modeOf(fixed: readonly (object | null)[]): Mode | null {
  const supplied = fixed.flatMap((argument, index) => (index > 0 && argument !== null ? [index] : []))
  return modesByPlaces.get(supplied.join(',')) ?? null
}

function checkReplace({ node, fixed }: Places): Finding | null {
  const mode = modeOf(fixed)
  if (mode === null) {
    return {
      kind: 'argument',
      position: node.start,
      message:
        'Replace needs one of these sets of places: oldValue and replacementValue; oldValue and template; regexPattern and replacementValue; regexPattern, regexGroupName and replacementValue; regexPattern, regexGroupName and replacementAttributeName.',
      hint: 'The replacement is the fifth place: Replace([x], "old", , , "new", , ).',
    }
  }
  const oldValue = fixed[place.oldValue]
  if (literalText(oldValue) === '') {
    return { kind: 'argument', position: oldValue?.start ?? node.start, message: emptyOldValue }
  }
  const attribute = fixed[place.replacementAttribute]
  if (attribute !== undefined && attribute !== null && attribute.type !== 'attribute') {
    return {
      kind: 'argument',
      position: attribute.start,
      message: 'replacementAttributeName is to be an attribute in square brackets, such as [mobile].',
    }
  }
  return checkPattern({ fixed })
}

/** A pattern written as text must compile, and have the group that is named beside it. */
function checkPattern({ fixed }: Pick<Places, 'fixed'>): Finding | null {
  const patternNode = fixed[place.pattern]
  const pattern = literalText(patternNode)
  if (patternNode === undefined || patternNode === null || pattern === null) return null
  const compiled = tryPattern(pattern)
  if (typeof compiled === 'string') return { kind: 'argument', position: patternNode.start, message: compiled }
  const groupNode = fixed[place.group]
  const group = literalText(groupNode)
  if (group === null || numberOfGroup(compiled, group) !== null) return null
  return {
    kind: 'argument',
    position: groupNode?.start ?? patternNode.start,
    message: `The pattern has no group "${group}".`,
    hint: 'A group is named (?<name>...).',
  }
}

/** The compiled pattern, or what is wrong with it. */
function tryPattern(pattern: string): RegularExpression | string {
  try {
    return compilePattern(pattern)
  } catch (failure) {
    if (!(failure instanceof PatternFailure)) throw failure
    return `The regular expression is not valid at its character ${failure.offset + 1}: ${failure.message}`
  }
}

function numberOfGroup({ groups }: RegularExpression, name: string): number | null {
  const named = groups.numbersByName.get(name)
  if (named !== undefined) return named
  return /^\d{1,9}$/.test(name) && groups.numbers.has(Number(name)) ? Number(name) : null
}

function buildReplace(call: Call): Evaluate {
  switch (modeOf(call.fixed)) {
    case 'text':
      return buildTextMode(call)
    case 'template':
      return buildTemplateMode(call)
    case 'pattern':
      return buildPatternMode(call)
    case 'group':
      return buildGroupMode(call)
    case 'attribute':
      return buildAttributeMode(call)
    case null:
      throw new Error('Replace was compiled without a check of its places.')
  }
}

const emptyOldValue = 'Replace cannot look for an empty oldValue.'

function buildTextMode(call: Call): Evaluate {
  const { site } = call
  const oldValue = argumentAt(call, place.oldValue)
  const replacement = argumentAt(call, place.replacement)
  return eachText(argumentAt(call, place.source), site, (text, run) => {
    const sought = soughtText(oldValue, run, site)
    return replaceAll(text, sought, toText(replacement.evaluate(run), site) ?? '', site)
  })
}

function buildTemplateMode(call: Call): Evaluate {
  const { site } = call
  const source = argumentAt(call, place.source).evaluate
  const oldValue = argumentAt(call, place.oldValue)
  const template = argumentAt(call, place.template).evaluate
  return (run) => {
    const text = toText(source(run), site)
    if (text === null) return null
    const sought = soughtText(oldValue, run, site)
    const pattern = toText(template(run), site)
    return pattern === null ? null : replaceAll(pattern, sought, text, site)
  }
}

function soughtText(oldValue: Argument, run: Run, site: Site): string {
  const sought = toText(oldValue.evaluate(run), site)
  if (sought === null || sought === '') fail(site, emptyOldValue)
  return sought
}

/** Plain text on both sides: the replacement has no syntax of its own. */
function replaceAll(text: string, sought: string, replacement: string, site: Site): string {
  let result = ''
  let copied = 0
  for (let at = text.indexOf(sought); at >= 0; at = text.indexOf(sought, copied)) {
    result += text.slice(copied, at) + replacement
    copied = at + sought.length
    refuseLongText(result.length, site)
  }
  return copied === 0 ? text : result + text.slice(copied)
}

/** What was made of the last pattern and the texts beside it: nearly always they are the same ones again. */
interface Remembered<T> {
  readonly keys: readonly string[]
  readonly made: T
}

function remember<T>(make: (...keys: readonly string[]) => T): (...keys: readonly string[]) => T {
  let last: Remembered<T> | null = null
  return (...keys) => {
    if (last === null || !last.keys.every((key, index) => key === keys[index])) last = { keys, made: make(...keys) }
    return last.made
  }
}

function patternOrFail(pattern: string, site: Site): RegularExpression {
  const compiled = tryPattern(pattern)
  if (typeof compiled === 'string') fail(site, site.hidesValues ? 'The regular expression is not valid.' : compiled)
  return compiled
}

function groupOrFail(expression: RegularExpression, group: string, site: Site): number {
  return numberOfGroup(expression, group) ?? fail(site, `The pattern has no group ${shown(site, group)}.`)
}

function neededText(argument: Argument, name: string, run: Run, site: Site): string {
  return toText(argument.evaluate(run), site) ?? fail(site, `Replace needs ${name}, but it is null.`)
}

function buildPatternMode(call: Call): Evaluate {
  const { site } = call
  const pattern = argumentAt(call, place.pattern)
  const replacement = argumentAt(call, place.replacement)
  const replacerOf = remember((written = '', substitution = '') =>
    substituter(patternOrFail(written, site), substitution),
  )
  if (typeof pattern.constant === 'string' && typeof replacement.constant === 'string') {
    const replace = replacerOf(pattern.constant, replacement.constant)
    return buildReplacing(call, () => replace)
  }
  return buildReplacing(call, (run) =>
    replacerOf(neededText(pattern, 'a regexPattern', run, site), toText(replacement.evaluate(run), site) ?? ''),
  )
}

function buildGroupMode(call: Call): Evaluate {
  const { site } = call
  const pattern = argumentAt(call, place.pattern)
  const group = argumentAt(call, place.group)
  const replacement = argumentAt(call, place.replacement)
  const replacerOf = remember((written = '', name = '', text = '') => {
    const expression = patternOrFail(written, site)
    return groupReplacer(expression, groupOrFail(expression, name, site), text)
  })
  return buildReplacing(call, (run) =>
    replacerOf(
      neededText(pattern, 'a regexPattern', run, site),
      neededText(group, 'a regexGroupName', run, site),
      toText(replacement.evaluate(run), site) ?? '',
    ),
  )
}

function buildReplacing(call: Call, replacerOf: (run: Run) => Replacer): Evaluate {
  const { site } = call
  const source = argumentAt(call, place.source).evaluate
  const allowLength = (length: number): void => {
    refuseLongText(length, site)
  }
  return (run) => {
    const value = source(run)
    if (value === null) return null
    const replace = replacerOf(run)
    const steps = newSteps()
    return withinSteps(site, () => changeEach(value, site, (text) => replace(text, steps, allowLength)))
  }
}

/** A source with a value is the result; the pattern is for an object without one. */
function buildAttributeMode(call: Call): Evaluate {
  const { site } = call
  const source = argumentAt(call, place.source).evaluate
  const pattern = argumentAt(call, place.pattern)
  const group = argumentAt(call, place.group)
  const attribute = argumentAt(call, place.replacementAttribute).evaluate
  const expressionOf = remember((written = '') => patternOrFail(written, site))
  return (run) => {
    const text = toText(source(run), site)
    if (text !== null && text !== '') return text
    const searched = toText(attribute(run), site)
    if (searched === null) return null
    const expression = expressionOf(neededText(pattern, 'a regexPattern', run, site))
    const number = groupOrFail(expression, neededText(group, 'a regexGroupName', run, site), site)
    return withinSteps(site, () => groupOfFirstMatch(expression, number, searched, newSteps()))
  }
}

function withinSteps<T>(site: Site, work: () => T): T {
  try {
    return work()
  } catch (failure) {
    if (!(failure instanceof StepsExceeded)) throw failure
    return fail(
      site,
      'The regular expression takes too long on this text; nested repetitions such as (a+)+ are the usual cause.',
    )
  }
}

const replace: FunctionDefinition = {
  name: 'Replace',
  parameters: [
    required('source'),
    optional('oldValue', 'String', 'Find'),
    optional('regexPattern', 'String', 'RegularExpression'),
    optional('regexGroupName', 'String', 'RegularExpressionGroupName'),
    optional('replacementValue', 'String', 'Replacement'),
    optional('replacementAttributeName', 'String', 'ReplacementPropertyName'),
    optional('template', 'String', 'Template'),
  ],
  documentation:
    'Replaces text. With oldValue and replacementValue: every occurrence in the source. With oldValue and template: every occurrence in the template becomes the source. With regexPattern and replacementValue: every match, $1 and ${name} standing for groups. With regexGroupName as well: only what the group took. With regexPattern, regexGroupName and replacementAttributeName: the source, or when it is empty the group of the first match in that attribute.',
  examples: [
    {
      expression: 'Replace([mail], "@contoso.com", , , "", , )',
      attributes: { mail: 'jane@contoso.com' },
      result: 'jane',
    },
    {
      expression: 'Replace([id], "<id>", , , , , "<id>@contoso.com")',
      attributes: { id: 'jane' },
      result: 'jane@contoso.com',
    },
    {
      expression:
        'Replace([telephoneNumber], , "\\\\+(?<isdCode>\\\\d* )(?<phoneNumber>\\\\d{10})", , "${phoneNumber}", , )',
      attributes: { telephoneNumber: '+91 9998887777' },
      result: '9998887777',
    },
    {
      expression: 'Replace([userPrincipalName], , "(?<suffix>@.*)", "suffix", "", , )',
      attributes: { userPrincipalName: 'jane@contoso.com' },
      result: 'jane',
    },
    {
      expression: 'Replace([telephoneNumber], , "(?<digits>\\\\d+)$", "digits", , [mobile], )',
      attributes: { mobile: '+49 30123' },
      result: '30123',
    },
  ],
  failsOnNull: [place.oldValue, place.pattern, place.group],
  check: checkReplace,
  build: buildReplace,
}

export const replaceFunctions: readonly FunctionDefinition[] = [replace]
