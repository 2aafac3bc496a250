/*
 * Reads LDIF as RFC 2849 writes it and as servers and tools print it: records of attribute values with the line each
 * begins on, folded lines joined, base64 decoded, comments kept apart because tools say in them how an answer ended.
 */

export interface LdifValue {
  /** Lower case, without options. */
  readonly name: string
  /** What follows the name after `;`, in lower case: `lang-ja`, `binary`, `range=0-1499`. */
  readonly options: readonly string[]
  /** `url` is a reference to a file (`:<`), which is never opened; `broken` is base64 that is none. */
  readonly kind: 'text' | 'bytes' | 'url' | 'broken'
  readonly text: string
  readonly bytes: Uint8Array | undefined
  readonly line: number
}

export interface LdifRecord {
  readonly line: number
  readonly values: readonly LdifValue[]
  /** A blank line followed. Only the last record can be without. */
  readonly isTerminated: boolean
}

export interface LdifReceiver {
  record(record: LdifRecord): void
  /** The text after `#`. */
  comment(text: string): void
  /** A line that is no attribute value. */
  badLine(line: number, text: string): void
}

export interface LdifReader {
  write(text: string): void
  /** `false` when the last line has no line break, which RFC 2849 asks of every line. */
  end(): boolean
}

interface HeldLine {
  readonly line: number
  readonly parts: string[]
}

export function createLdifReader(receiver: LdifReceiver): LdifReader {
  let rest = ''
  let line = 0
  let held: HeldLine | undefined
  let values: LdifValue[] = []

  function takePhysicalLine(text: string): void {
    line += 1
    if (text.startsWith(' ') && held !== undefined) {
      held.parts.push(text.slice(1))
      return
    }
    flushLine()
    if (text === '') finishRecord(true)
    else held = { line, parts: [text] }
  }

  function flushLine(): void {
    if (held === undefined) return
    const text = held.parts.join('')
    const at = held.line
    held = undefined
    if (text.startsWith('#')) {
      receiver.comment(text.slice(1).trim())
      return
    }
    const value = readValue(text, at)
    if (value === undefined) receiver.badLine(at, text)
    else values.push(value)
  }

  function finishRecord(isTerminated: boolean): void {
    const [first] = values
    if (first !== undefined) receiver.record({ line: first.line, values, isTerminated })
    values = []
  }

  return {
    write(text) {
      const all = rest + text
      let start = 0
      for (let end = all.indexOf('\n'); end !== -1; end = all.indexOf('\n', start)) {
        takePhysicalLine(all.slice(start, all[end - 1] === '\r' && end > start ? end - 1 : end))
        start = end + 1
      }
      rest = all.slice(start)
    },
    end() {
      const isWhole = rest === ''
      if (!isWhole) takePhysicalLine(rest)
      flushLine()
      finishRecord(false)
      return isWhole
    },
  }
}

const attributeLine = /^([A-Za-z0-9][A-Za-z0-9.-]*)((?:;[A-Za-z0-9=*-]+)*):(:|<)? *(.*)$/su

function readValue(text: string, line: number): LdifValue | undefined {
  const match = attributeLine.exec(text)
  if (match === null) return undefined
  const [, name = '', optionText = '', mark, rawText = ''] = match
  const options = optionText === '' ? [] : optionText.slice(1).toLowerCase().split(';')
  const common = { name: name.toLowerCase(), options, line }
  if (mark === '<') return { ...common, kind: 'url', text: rawText, bytes: undefined }
  if (mark !== ':') return { ...common, kind: 'text', text: rawText, bytes: undefined }
  const encoded = rawText.trim()
  if (encoded.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/u.test(encoded)) {
    return { ...common, kind: 'broken', text: encoded, bytes: undefined }
  }
  const bytes = Buffer.from(encoded, 'base64')
  const decoded = bytes.toString('utf8')
  const isText = !decoded.includes('\ufffd') || Buffer.from(decoded, 'utf8').equals(bytes)
  return isText ? { ...common, kind: 'text', text: decoded, bytes } : { ...common, kind: 'bytes', text: encoded, bytes }
}
