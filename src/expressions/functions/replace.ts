/*
 * Replace: five functions under one name, told apart by the places that are filled (expressions.md 8.1, table of modes).
 */
import type { Evaluate, Run } from '../run.ts'
import { fail, refuseLongText, toText } from '../values.ts'
import type { Site } from '../values.ts'
import type { Argument, Call, Finding, FunctionDefinition, Places } from './definition.ts'
import { argumentAt, literalText, optional, required } from './definition.ts'
import { eachText } from './each-text.ts'

const place = {
  source: 0,
  oldValue: 1,
  pattern: 2,
  group: 3,
  replacement: 4,
  replacementAttribute: 5,
  template: 6,
} as const

type Mode = 'text' | 'template'

/** Which places are supplied decides the mode; any other combination is refused (R1). */
function modeOf(fixed: readonly (object | null)[]): Mode | null {
  const supplied = fixed.map((argument, index) => (index > 0 && argument !== null ? String(index) : '')).join('')
  switch (supplied) {
    case '14':
      return 'text'
    case '16':
      return 'template'
    default:
      return null
  }
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
    return {
      kind: 'argument',
      position: oldValue?.start ?? node.start,
      message: 'Replace cannot look for an empty oldValue.',
    }
  }
  return null
}

function buildReplace(call: Call): Evaluate {
  switch (modeOf(call.fixed)) {
    case 'text':
      return buildTextMode(call)
    case 'template':
      return buildTemplateMode(call)
    case null:
      throw new Error('Replace was compiled without a check of its places.')
  }
}

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
  if (sought === null || sought === '') fail(site, 'Replace cannot look for an empty oldValue.')
  return sought
}

/** Plain text on both sides: the replacement has no syntax of its own. */
function replaceAll(text: string, sought: string, replacement: string, site: Site): string {
  if (!text.includes(sought)) return text
  const parts = text.split(sought)
  refuseLongText(text.length + (parts.length - 1) * (replacement.length - sought.length), site)
  return parts.join(replacement)
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
    'Replaces text. With oldValue and replacementValue: every occurrence in the source. With oldValue and template: every occurrence in the template becomes the source.',
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
  ],
  check: checkReplace,
  build: buildReplace,
}

export const replaceFunctions: readonly FunctionDefinition[] = [replace]
