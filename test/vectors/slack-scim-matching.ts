/*
 * Decides whether an answer is what a Slack check expects: the matchers that the vector file's `meta.matching` lists.
 */

/** What is wrong, or null. `text` is the raw body, for `$anyText`. */
export function mismatch(expected: unknown, found: unknown, text: string, place = 'body'): string | null {
  if (isRecord(expected)) return mismatchOfObject(expected, found, text, place)
  if (Array.isArray(expected)) return mismatchOfList(expected, found, text, place)
  return expected === found ? null : `${place} is ${shown(found)} instead of ${shown(expected)}`
}

function mismatchOfList(expected: readonly unknown[], found: unknown, text: string, place: string): string | null {
  if (!Array.isArray(found)) return `${place} is ${shown(found)} instead of a list`
  const missing = expected.find((wanted) => !found.some((element) => mismatch(wanted, element, text) === null))
  return missing === undefined ? null : `${place} has no element like ${shown(missing)}: ${shown(found)}`
}

function mismatchOfObject(
  expected: Readonly<Record<string, unknown>>,
  found: unknown,
  text: string,
  place: string,
): string | null {
  for (const [key, wanted] of Object.entries(expected)) {
    const wrong = key.startsWith('$')
      ? mismatchOfMatcher(key, wanted, found, text, place)
      : isRecord(found)
        ? mismatch(wanted, Object.hasOwn(found, key) ? found[key] : undefined, text, `${place}.${key}`)
        : `${place} is ${shown(found)} instead of an object with ${key}`
    if (wrong !== null) return wrong
  }
  return null
}

function mismatchOfMatcher(
  matcher: string,
  wanted: unknown,
  found: unknown,
  text: string,
  place: string,
): string | null {
  const isHeld = holds(matcher, wanted, found, text)
  return isHeld ? null : `${place} is ${shown(found)}, which is not ${matcher} ${shown(wanted)}`
}

function holds(matcher: string, wanted: unknown, found: unknown, text: string): boolean {
  switch (matcher) {
    case '$startsWith':
      return typeof found === 'string' && found.startsWith(String(wanted))
    case '$regex':
      return typeof found === 'string' && new RegExp(String(wanted)).test(found)
    case '$type':
      return typeName(found) === wanted
    case '$length':
      return (Array.isArray(found) || typeof found === 'string') && found.length === wanted
    case '$contains':
      if (typeof found === 'string') return found.includes(String(wanted))
      return Array.isArray(found) && found.some((element) => mismatch(wanted, element, text) === null)
    case '$absent':
      return (found === undefined) === (wanted === true)
    case '$not':
      return mismatch(wanted, found, text) !== null
    case '$oneOf':
      return Array.isArray(wanted) && wanted.some((choice) => mismatch(choice, found, text) === null)
    case '$anyText':
      return mismatch(wanted, text, text) === null
    default:
      throw new Error(`${matcher} is not a matcher this runner knows.`)
  }
}

function typeName(value: unknown): string {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'array' : typeof value
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const shownLengthMax = 400

function shown(value: unknown): string {
  const text = value === undefined ? 'absent' : JSON.stringify(value)
  return text.length > shownLengthMax ? `${text.slice(0, shownLengthMax)}...` : text
}
