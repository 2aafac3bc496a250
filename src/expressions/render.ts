/*
 * The result of an evaluation as callers receive it: texts, because Graph reports results as texts (expressions.md 5.6).
 */
import type { Evaluation, RenderedValue } from './run.ts'
import { isList, refuseLongText, toText } from './values.ts'
import type { Site, Value } from './values.ts'

export function render(value: Value, isRedacted: boolean, site: Site): Evaluation {
  if (typeof value === 'string') {
    refuseLongText(value.length, site)
    return { outcome: 'value', value, isRedacted, isAssertive: false }
  }
  if (typeof value !== 'object' || value === null) return plain(toText(value, site), isRedacted)
  if (isList(value)) {
    refuseLongText(
      value.reduce((length, text) => length + text.length, 0),
      site,
    )
    return plain(value, isRedacted)
  }
  switch (value.kind) {
    case 'ignoreAttribute':
    case 'ignoreObject':
      return { outcome: value.kind, isRedacted }
    case 'roles':
      return { outcome: 'value', value: value.roles, isRedacted, isAssertive: value.isAssertive }
    case 'decimal':
    case 'instant':
      return plain(toText(value, site), isRedacted)
  }
}

function plain(value: RenderedValue, isRedacted: boolean): Evaluation {
  return { outcome: 'value', value, isRedacted, isAssertive: false }
}
