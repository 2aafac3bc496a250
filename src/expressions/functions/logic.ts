/*
 * The functions that choose and ask: IIF, Switch, Coalesce and their kin (expressions.md 8.2). They evaluate from left to
 * right and only as far as needed, and hand flow markers of their branches on (5.6, section 7).
 */
import type { Evaluate } from '../run.ts'
import { asBooleanText, fail, ignoreAttribute, isMarker, shown, spread, toBoolean, toText } from '../values.ts'
import type { Site, Value } from '../values.ts'
import type { Argument, Call, FunctionDefinition } from './definition.ts'
import { argumentAt, constantText, optional, optionalAt, repeating, required } from './definition.ts'

const iif: FunctionDefinition = {
  name: 'IIF',
  parameters: [required('condition', 'Boolean'), required('valueIfTrue'), required('valueIfFalse')],
  documentation:
    'One of two values. The condition is a comparison, a boolean, the text true or false in any case, or a number; null and empty are false. Only the value chosen is evaluated.',
  examples: [
    {
      expression: 'IIF([country] = "USA", [country], [department])',
      attributes: { country: 'DE', department: 'Sales' },
      result: 'Sales',
    },
  ],
  passesMarkers: true,
  build: (call) => {
    const { site } = call
    const condition = argumentAt(call, 0).evaluate
    const valueIfTrue = argumentAt(call, 1).withMarker
    const valueIfFalse = argumentAt(call, 2).withMarker
    return (run) => (toBoolean(condition(run), site) ? valueIfTrue(run) : valueIfFalse(run))
  },
}

const switchFunction: FunctionDefinition = {
  name: 'Switch',
  parameters: [required('source'), optional('defaultValue'), repeating('key, value', 'String', 'switchValue')],
  documentation:
    'The value of the first key that equals the source, upper and lower case told apart; null counts as the empty text. Without a match the default value, or null when that place is left empty. Only what is needed is evaluated.',
  examples: [
    {
      expression: 'Switch([IsSoftDeleted], , "False", "True", "True", "False")',
      attributes: { IsSoftDeleted: false },
      result: 'True',
    },
    {
      expression: 'Switch([state], "Sydney", "QLD", "Brisbane", "SA", "Adelaide")',
      attributes: { state: 'QLD' },
      result: 'Brisbane',
    },
  ],
  passesMarkers: true,
  refusesReferences: true,
  checkRepeated: (count) =>
    count >= 2 && count % 2 === 0
      ? null
      : 'After source and default value, Switch needs keys and values in pairs, so an even number of places, at least four in all; the default value may have been forgotten.',
  build: buildSwitch,
}

interface SwitchCase {
  readonly key: Argument
  readonly value: Evaluate
}

function buildSwitch(call: Call): Evaluate {
  const { site } = call
  const source = argumentAt(call, 0).evaluate
  const defaultValue: Evaluate = optionalAt(call, 1)?.withMarker ?? (() => null)
  const cases: SwitchCase[] = []
  for (let at = 0; at + 1 < call.repeated.length; at += 2) {
    const key = call.repeated[at]
    const value = call.repeated[at + 1]
    if (key !== undefined && value !== undefined) cases.push({ key, value: value.withMarker })
  }
  const byText = constantCases(cases, site)
  if (byText !== null) {
    return (run) => (byText.get(switchText(source(run), site)) ?? defaultValue)(run)
  }
  return (run) => {
    const text = switchText(source(run), site)
    const match = cases.find(({ key }) => switchText(key.evaluate(run), site) === text)
    return (match === undefined ? defaultValue : match.value)(run)
  }
}

/** When every key is a constant, the first of equal ones wins once and for all. */
function constantCases(cases: readonly SwitchCase[], site: Site): ReadonlyMap<string, Evaluate> | null {
  const byText = new Map<string, Evaluate>()
  for (const { key, value } of cases) {
    const text = constantText(key, site)
    if (text === undefined) return null
    if (!byText.has(text ?? '')) byText.set(text ?? '', value)
  }
  return byText
}

function switchText(value: Value, site: Site): string {
  return typeof value === 'string' ? value : (toText(value, site) ?? '')
}

const coalesce: FunctionDefinition = {
  name: 'Coalesce',
  parameters: [repeating('source')],
  documentation:
    'The first value that is neither null nor empty; when there is none, the value of the last place, which so is the default.',
  examples: [
    {
      expression: 'Coalesce([mail], [userPrincipalName])',
      attributes: { userPrincipalName: 'jane@contoso.com' },
      result: 'jane@contoso.com',
    },
  ],
  passesMarkers: true,
  build: (call) => {
    const sources = call.repeated.map((argument) => argument.withMarker)
    const last = sources.pop() ?? (() => null)
    return (run) => {
      for (const source of sources) {
        const value = source(run)
        if (value !== null && value !== '' && !isMarker(value)) return value
      }
      return last(run)
    }
  },
}

const cBool: FunctionDefinition = {
  name: 'CBool',
  parameters: [required('Expression')],
  documentation:
    'True or False: a comparison, the text true or false in any case, or a number, which is True unless it is 0. Null and empty are False; any other text is an error.',
  examples: [{ expression: 'CBool([a] = [b])', attributes: { a: 'x', b: 'x' }, result: 'True' }],
  build: (call) => {
    const { evaluate } = argumentAt(call, 0)
    return (run) => toBoolean(evaluate(run), call.site)
  },
}

const not: FunctionDefinition = {
  name: 'Not',
  parameters: [required('source', 'Boolean')],
  documentation: 'False when the source is True; True for anything else, null included.',
  examples: [{ expression: 'Not([IsSoftDeleted])', attributes: { IsSoftDeleted: false }, result: 'True' }],
  build: (call) => {
    const { evaluate } = argumentAt(call, 0)
    return (run) => {
      const value = evaluate(run)
      return typeof value === 'boolean' ? !value : asBooleanText(toText(value, call.site)) !== true
    }
  },
}

/** Null, `""` or a list without values. */
function isNullOrEmpty(value: Value): boolean {
  return value === null || value === '' || spread(value)?.length === 0
}

function question(
  name: string,
  documentation: string,
  example: string,
  result: string,
  ask: (value: Value) => boolean,
): FunctionDefinition {
  return {
    name,
    parameters: [required('Expression')],
    documentation,
    examples: [{ expression: example, attributes: {}, result }],
    build: (call) => {
      const { evaluate } = argumentAt(call, 0)
      return (run) => ask(evaluate(run))
    },
  }
}

const questions: readonly FunctionDefinition[] = [
  question(
    'IsNull',
    'True when the value is null; the empty text is not null.',
    'IsNull([displayName])',
    'True',
    (value) => value === null,
  ),
  question('IsNothing', 'The same as IsNull.', 'IsNothing([displayName])', 'True', (value) => value === null),
  question(
    'IsNullOrEmpty',
    'True when the value is null, the empty text or a list without values. A blank is a value.',
    'IsNullOrEmpty([displayName])',
    'True',
    isNullOrEmpty,
  ),
  question(
    'IsPresent',
    'The inverse of IsNullOrEmpty; the number 0 and the boolean False are present.',
    'IsPresent([displayName])',
    'False',
    (value) => !isNullOrEmpty(value),
  ),
  question(
    'IsString',
    'True for anything that converts to one text: neither null nor several values.',
    'IsString("x")',
    'True',
    (value) => {
      const values = spread(value)
      return values === null ? value !== null : values.length === 1
    },
  ),
]

const redact: FunctionDefinition = {
  name: 'Redact',
  parameters: [required('attribute/value')],
  documentation:
    'The value itself; logs, previews and audit records show [Redact] instead of it and of what it was made from.',
  examples: [
    {
      expression: 'Redact([userPrincipalName])',
      attributes: { userPrincipalName: 'jane@contoso.com' },
      result: 'jane@contoso.com',
    },
  ],
  passesMarkers: true,
  redacts: true,
  build: (call) => {
    const { withMarker } = argumentAt(call, 0)
    return (run) => {
      run.isRedacted = true
      return withMarker(run)
    }
  },
}

const ignoreFlow: FunctionDefinition = {
  name: 'IgnoreFlowIfNullOrEmpty',
  parameters: [required('Expression')],
  documentation: 'The value; when it is null or empty, the attribute is left out of the request.',
  examples: [
    { expression: 'IgnoreFlowIfNullOrEmpty([department])', attributes: { department: 'Sales' }, result: 'Sales' },
  ],
  makesMarkers: true,
  build: (call) => {
    const { evaluate } = argumentAt(call, 0)
    return (run) => {
      const value = evaluate(run)
      return value === null || value === '' ? ignoreAttribute : value
    }
  },
}

const error: FunctionDefinition = {
  name: 'Error',
  parameters: [required('ErrorMessage')],
  documentation: 'Ends the evaluation with an error of this message: the object is not provisioned.',
  examples: [
    {
      expression: 'IIF(IsPresent([accountName]), [accountName], Error("accountName is required"))',
      attributes: { accountName: 'jd' },
      result: 'jd',
    },
  ],
  build: (call) => {
    const { site } = call
    const message = argumentAt(call, 0)
    const constant = constantText(message, site)
    return (run) => {
      if (constant !== undefined) fail(site, constant ?? 'Error was called without a message.')
      const text = toText(message.evaluate(run), site) ?? 'Error was called without a message.'
      fail(site, site.hidesValues ? shown(site, text) : text)
    }
  },
}

export const logicFunctions: readonly FunctionDefinition[] = [
  iif,
  switchFunction,
  coalesce,
  cBool,
  not,
  ...questions,
  ignoreFlow,
  redact,
  error,
]
