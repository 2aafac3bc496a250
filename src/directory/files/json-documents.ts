/*
 * Reads a sequence of JSON documents piece by piece, without ever holding the whole: elements of a list are handed on one
 * by one, each with the line it begins on. It looks at brackets, strings and commas only; the values themselves are parsed
 * by whoever takes them. A text that was cut off is told from one that is wrong.
 */

export interface JsonDocumentSink {
  /** A list begins: the whole document (`null`), or the property `value` of an object, whose text up to there is given as an object of its own. */
  readonly opens: (head: string | null) => void
  readonly element: (text: string, line: number) => void
  /** The list's document has ended: what stood around the list, with the list empty; `null` when it was the list alone. */
  readonly closes: (envelope: string | null, line: number) => void
  /** A document that is no list and has none. */
  readonly single: (text: string, line: number) => void
  /** The text ends inside the document that begins on this line. */
  readonly cutOff: (line: number) => never
  /** Something stands where it cannot. */
  readonly malformed: (line: number, found: string) => never
}

export interface JsonDocumentReader {
  feed(piece: string): void
  end(): void
}

/** Waits for more text, or goes on at the end of it. */
type Reading<T> = Generator<undefined, T, undefined>

export function createJsonDocumentReader(sink: JsonDocumentSink, firstLine = 1): JsonDocumentReader {
  /** What is not read yet begins at `at`, on line `line`. */
  let text = ''
  let at = 0
  let line = firstLine
  let isEnded = false
  /** What was read of an object around a list, or `null` where nothing is kept. */
  let kept: string[] | null = null

  function advance(to: number): void {
    for (let next = text.indexOf('\n', at); next !== -1 && next < to; next = text.indexOf('\n', next + 1)) line += 1
    kept?.push(text.slice(at, to))
    at = to
  }

  /** The next character that is not blank; `undefined` at the end. */
  function* peek(): Reading<string | undefined> {
    for (;;) {
      let next = at
      while (next < text.length && ' \t\r\n'.includes(text[next] ?? '')) next += 1
      advance(next)
      if (at < text.length) return text[at]
      if (isEnded) return undefined
      yield
    }
  }

  function* expect(wanted: string, begunOn: number): Reading<string> {
    const found = yield* peek()
    if (found === undefined) return sink.cutOff(begunOn)
    if (!wanted.includes(found)) return malformed(at)
    advance(at + 1)
    return found
  }

  const malformed = (where: number): never => {
    advance(where)
    return sink.malformed(line, text.slice(where, where + 40))
  }

  /** The text of the value that begins here. */
  function* value(begunOn: number): Reading<string> {
    const scan = scannerFor(text[at] ?? '')
    if (scan === null) return malformed(at)
    let scanned = 0
    for (;;) {
      const end = scan(text, at + scanned, isEnded)
      if (typeof end === 'object') return malformed(end.malformedAt)
      if (end !== -1) {
        const found = text.slice(at, end)
        advance(end)
        return found
      }
      if (isEnded) return sink.cutOff(begunOn)
      scanned = text.length - at
      yield
    }
  }

  /** The elements of the list that begins here. */
  function* elements(begunOn: number): Reading<void> {
    advance(at + 1)
    if ((yield* peek()) === ']') return advance(at + 1)
    do {
      if ((yield* peek()) === undefined) return sink.cutOff(begunOn)
      const elementLine = line
      sink.element(yield* value(begunOn), elementLine)
    } while ((yield* expect(',]', begunOn)) === ',')
  }

  /** The object that begins here; the elements of its list `value` are handed on as they come. */
  function* object(begunOn: number): Reading<void> {
    const parts: string[] = []
    kept = parts
    advance(at + 1)
    let hasList = false
    if ((yield* peek()) === '}') advance(at + 1)
    else
      do {
        const name = yield* nameOfProperty(begunOn)
        if (name === '"value"' && (yield* peek()) === '[') {
          hasList = true
          kept = null
          sink.opens(`${parts.join('')}[]}`)
          yield* elements(begunOn)
          parts.push('[]')
          kept = parts
        } else yield* value(begunOn)
      } while ((yield* expect(',}', begunOn)) === ',')
    kept = null
    if (hasList) sink.closes(parts.join(''), begunOn)
    else sink.single(parts.join(''), begunOn)
  }

  /** The name with its quotes; what follows its colon comes next. */
  function* nameOfProperty(begunOn: number): Reading<string> {
    const quote = yield* peek()
    if (quote === undefined) return sink.cutOff(begunOn)
    if (quote !== '"') return malformed(at)
    const name = yield* value(begunOn)
    yield* expect(':', begunOn)
    if ((yield* peek()) === undefined) return sink.cutOff(begunOn)
    return name
  }

  function* documents(): Reading<void> {
    for (;;) {
      const sign = yield* peek()
      const begunOn = line
      if (sign === undefined) return
      if (sign === '{') yield* object(begunOn)
      else if (sign === '[') {
        sink.opens(null)
        yield* elements(begunOn)
        sink.closes(null, begunOn)
      } else sink.single(yield* value(begunOn), begunOn)
    }
  }

  const reading = documents()
  reading.next()
  return {
    feed(piece) {
      text = text.slice(at) + piece
      at = 0
      reading.next()
    },
    end() {
      isEnded = true
      reading.next()
    },
  }
}

/** The text, which is no JSON, ends inside the value it begins with. */
export function isCutOff(text: string): boolean {
  const start = text.search(/\S/u)
  const scan = scannerFor(text[start] ?? '')
  return scan !== null && scan(text, start, true) === -1
}

/** The place behind the value, -1 when it goes on after the text; asked again it goes on from there. */
type Scan = (text: string, from: number, isEnded: boolean) => number | { readonly malformedAt: number }

function scannerFor(first: string): Scan | null {
  if (first === '{' || first === '[' || first === '"') return bracketScanner()
  return /[-+.\w]/u.test(first) ? scanScalar : null
}

function scanScalar(text: string, from: number, isEnded: boolean): number {
  let end = from
  while (end < text.length && /[-+.\w]/u.test(text[end] ?? '')) end += 1
  return end < text.length || isEnded ? end : -1
}

function bracketScanner(): Scan {
  const open: string[] = []
  let isInString = false
  const interesting = /["{}[\]]/gu
  return (text, from) => {
    let at = from
    for (;;) {
      if (isInString) {
        const quote = text.indexOf('"', at)
        if (quote === -1) return -1
        at = quote + 1
        if (isEscaped(text, quote)) continue
        isInString = false
        if (open.length === 0) return at
      }
      interesting.lastIndex = at
      const found = interesting.exec(text)
      if (found === null) return -1
      at = found.index + 1
      const sign = found[0]
      if (sign === '"') isInString = true
      else if (sign === '{' || sign === '[') open.push(sign)
      else {
        if (open.pop() !== (sign === '}' ? '{' : '[')) return { malformedAt: found.index }
        if (open.length === 0) return at
      }
    }
  }
}

/** An odd number of backslashes stands before it. */
function isEscaped(text: string, quote: number): boolean {
  let backslashes = 0
  while (text[quote - 1 - backslashes] === '\\') backslashes += 1
  return backslashes % 2 === 1
}
