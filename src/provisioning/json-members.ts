/*
 * Reads one JSON object by the names Graph gives to its members: spelt in any case, missing ones by default, unknown ones
 * kept. Says what does not fit and goes on, so that all of it is found at once.
 */

/** The message says what was found and what is expected. */
export type Report = (message: string, hint?: string) => void

export interface Members {
  /** What the member holds; `undefined` when it is missing. */
  value(name: string): unknown
  text(name: string, fallback: string): string
  requiredText(name: string): string
  textOrNull(name: string): string | null
  flag(name: string, fallback: boolean): boolean
  integer(name: string, fallback: number): number
  /** One of these words, in any case. */
  word<Word extends string>(name: string, words: readonly Word[], fallback: Word): Word
  /** Some of these words in one text, in any case and with or without blanks; written in the order of `words`. */
  words(name: string, words: readonly string[], fallback: string): string
  /** A missing or null list is empty; what `read` refuses is left out, after it has said why. */
  list<Item>(name: string, read: (json: unknown, index: number) => Item | null): readonly Item[]
  /** The object in its canonical order: annotations, then these members, then what nobody asked for. */
  complete<Known extends object>(known: Known): Known
}

export function isJsonObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function shown(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'an object'
  const text = JSON.stringify(value)
  return text.length > 60 ? `${text.slice(0, 59)}…` : text
}

export function openMembers(json: unknown, report: Report): Members | null {
  if (!isJsonObject(json)) {
    report(`An object in braces is expected here; found ${shown(json)}.`)
    return null
  }
  const spellings = new Map<string, string[]>()
  for (const key of Object.keys(json)) {
    const same = spellings.get(key.toLowerCase())
    if (same === undefined) spellings.set(key.toLowerCase(), [key])
    else same.push(key)
  }
  const taken = new Set<string>()
  const value = (name: string): unknown => {
    const [key, other] = spellings.get(name.toLowerCase()) ?? []
    if (key === undefined) return undefined
    if (other !== undefined && !taken.has(key))
      report(`"${key}" and "${other}" are the same member, because upper and lower case do not count.`)
    taken.add(key)
    return json[key]
  }
  const refuse = <Fallback>(name: string, expected: string, found: unknown, fallback: Fallback): Fallback => {
    report(`"${name}" is to be ${expected}; found ${shown(found)}.`)
    return fallback
  }
  const isMissing = (found: unknown): found is null | undefined => found === undefined || found === null

  return {
    value,
    text(name, fallback) {
      const found = value(name)
      if (isMissing(found)) return fallback
      return typeof found === 'string' ? found : refuse(name, 'a text', found, fallback)
    },
    requiredText(name) {
      const found = value(name)
      if (typeof found === 'string') return found
      if (!isMissing(found)) return refuse(name, 'a text', found, '')
      report(`"${name}" is missing.`)
      return ''
    },
    textOrNull(name) {
      const found = value(name)
      if (isMissing(found)) return null
      return typeof found === 'string' ? found : refuse(name, 'a text or null', found, null)
    },
    flag(name, fallback) {
      const found = value(name)
      if (isMissing(found)) return fallback
      return typeof found === 'boolean' ? found : refuse(name, 'true or false, without quotes', found, fallback)
    },
    integer(name, fallback) {
      const found = value(name)
      if (isMissing(found)) return fallback
      const isInteger = typeof found === 'number' && Number.isInteger(found) && Math.abs(found) < 2 ** 31
      // Minus zero is written as zero.
      return isInteger ? found + 0 : refuse(name, 'a whole number, without quotes', found, fallback)
    },
    word(name, words, fallback) {
      const found = value(name)
      if (isMissing(found)) return fallback
      const word = typeof found === 'string' ? wordIn(words, found) : undefined
      return word ?? refuse(name, `one of ${words.join(', ')}`, found, fallback)
    },
    words(name, words, fallback) {
      const found = value(name)
      if (isMissing(found)) return fallback
      const expected = `some of ${words.join(', ')}, with commas between`
      if (typeof found !== 'string') return refuse(name, expected, found, fallback)
      const some = found.split(',').map((each) => wordIn(words, each.trim()))
      return some.includes(undefined)
        ? refuse(name, expected, found, fallback)
        : words.filter((word) => some.includes(word)).join(',')
    },
    list(name, read) {
      const found = value(name)
      if (isMissing(found)) return []
      if (!Array.isArray(found)) return refuse(name, 'a list in square brackets', found, [])
      return found.flatMap((item: unknown, index) => read(item, index) ?? [])
    },
    complete(known) {
      return arranged(Object.fromEntries(Object.entries(json).filter(([key]) => !taken.has(key))), known)
    },
  }
}

/** Known members in their order; of what else the object has, annotations stand before them and the rest behind. */
export function arranged<Known extends object>(given: object, known: Known): Known {
  const rest = Object.entries(given).filter(([key]) => !Object.hasOwn(known, key))
  const isAnnotation = ([key]: readonly [string, unknown]): boolean => key.startsWith('@')
  return {
    ...Object.fromEntries(rest.filter(isAnnotation)),
    ...known,
    ...Object.fromEntries(rest.filter((member) => !isAnnotation(member))),
  }
}

function wordIn<Word extends string>(words: readonly Word[], found: string): Word | undefined {
  return words.find((word) => word.toLowerCase() === found.toLowerCase())
}
