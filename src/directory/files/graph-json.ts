/*
 * Reads Microsoft Graph JSON: an answer `{"value": [...]}`, a list, single objects, or a sequence of any of these (JSON
 * Lines, pages one below the other), as Graph Explorer, Graph PowerShell and the Azure CLI write them.
 */
import { addGraphObject, type GraphContext } from './graph-objects.ts'
import type { Collector } from './collect-objects.ts'
import { DirectoryFileError } from './directory-file-error.ts'
import type { DirectoryFile, DirectoryFileFormat } from './directory-reading.ts'
import { createLineCounter, findListProperty, scanElements, scanValues } from './json-elements.ts'

interface Progress {
  objects: number
  /** The last page named a page after it. */
  hasNextPage: boolean
  /** The last document is one object without a list around it, so that nothing shows where the sequence ends. */
  endsBare: boolean
}

/** Reads one file. Throws a `DirectoryFileError` when the file as a whole cannot be believed. */
export async function readGraphJson(
  file: DirectoryFile,
  pieces: AsyncIterable<string>,
  collector: Collector,
): Promise<DirectoryFileFormat> {
  const progress: Progress = { objects: 0, hasNextPage: false, endsBare: false }
  const context: GraphContext = { file: file.name, collector, largestExpandedList: 0, fullExpandedLists: [] }
  let isLines: boolean | undefined
  let held: string[] = []
  let line = 1

  function takeLine(text: string, isTerminated: boolean): void {
    if (text.trim() !== '') takeLineValue(text, isTerminated)
    line += 1
  }

  function takeLineValue(text: string, isTerminated: boolean): void {
    const value = parseOr(text, () => {
      const scan = scanValues(text)
      if (scan.kind === 'cutOff' && !isTerminated) throw cutOff(file, line)
      const reason =
        'This line is no JSON value. In JSON Lines every line holds one whole object: correct or remove the line.'
      collector.refuse('any', { file: file.name, line, column: '', value: text.trim(), reason })
    })
    if (value !== undefined) takeDocument(value, () => line, progress, context)
  }

  for await (const piece of pieces) {
    if (isLines === undefined) {
      held.push(piece)
      if (!piece.includes('\n')) continue
      const start = held.join('').trimStart()
      if (!start.includes('\n')) continue
      isLines = isWholeObject(start.slice(0, start.indexOf('\n')))
      if (!isLines) continue
      held = feedLines(held.join(''), takeLine)
    } else if (isLines) held = feedLines(held.join('') + piece, takeLine)
    else held.push(piece)
  }
  const rest = held.join('')
  if (isLines === true) {
    if (rest.trim() !== '') {
      takeLine(rest, false)
      markUnterminated(file, collector)
    }
  } else {
    takeWhole(file, rest, progress, context)
    if (progress.endsBare && !/\s$/u.test(rest)) markUnterminated(file, collector)
  }

  if (progress.objects === 0) {
    const reason =
      'The file holds no objects. An empty answer is never taken for "everybody left": get the file once more.'
    throw problemOfFile(file, 0, '', reason)
  }
  if (progress.hasNextPage) {
    const reason = `${file.name} is one page of a longer answer (@odata.nextLink): the pages after it are missing.`
    for (const concern of ['users', 'groups'] as const) collector.markPartial(concern, file.name, reason)
  }
  judgeExpandedMembers(context)
  return isLines === true ? 'graph json lines' : 'graph json'
}

function feedLines(text: string, take: (line: string, isTerminated: boolean) => void): string[] {
  let start = 0
  for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', start)) {
    take(text.slice(start, end), true)
    start = end + 1
  }
  return start === text.length ? [] : [text.slice(start)]
}

/** The first line alone is a whole object: the file is read line by line. */
function isWholeObject(firstLine: string): boolean {
  const value = parseOr(firstLine, () => undefined)
  return isRecord(value)
}

function takeWhole(file: DirectoryFile, text: string, progress: Progress, context: GraphContext): void {
  const scan = scanValues(text)
  const lineOf = createLineCounter(text)
  if (scan.kind === 'cutOff') throw cutOff(file, lineOf(scan.start))
  if (scan.kind === 'malformed') throw malformed(file, lineOf(scan.at), text.slice(scan.at, scan.at + 40))
  for (const span of scan.spans) {
    const value = parseOr(text.slice(span.start, span.end), (message) => {
      const position = Number(/position (\d+)/u.exec(message)?.[1] ?? 0)
      throw malformed(
        file,
        lineOf(span.start + position),
        text.slice(span.start + position, span.start + position + 40),
      )
    })
    const listStart = Array.isArray(value) ? span.start : findListProperty(text, span.start, 'value')
    const elements = listStart === -1 ? [] : scanElements(text, listStart)
    takeDocument(value, (index) => lineOf(elements[index]?.start ?? span.start), progress, context)
  }
}

/** A document is an answer with its `value`, a list, or one object. */
function takeDocument(
  value: unknown,
  lineOf: (index: number) => number,
  progress: Progress,
  context: GraphContext,
): void {
  const envelope = isRecord(value) && Array.isArray(value['value']) ? value : undefined
  progress.endsBare = envelope === undefined && !Array.isArray(value)
  if (envelope !== undefined) progress.hasNextPage = typeof envelope['@odata.nextLink'] === 'string'
  const listed: unknown = envelope === undefined ? value : envelope['value']
  const elements: readonly unknown[] = Array.isArray(listed) ? listed : [listed]
  const contextUrl = envelope?.['@odata.context']
  for (const [index, element] of elements.entries()) {
    progress.objects += 1
    addGraphObject(element, lineOf(index), typeof contextUrl === 'string' ? contextUrl : '', context)
  }
}

/**
 * Graph expands at most 20 members of a group and does not say that there are more. A list of exactly 20 is only
 * believed when another list of the file is longer, which shows that the limit was not at work.
 */
function judgeExpandedMembers({ file, collector, largestExpandedList, fullExpandedLists }: GraphContext): void {
  for (const { group, name, size } of fullExpandedLists) {
    const mayBeCut = size === 20 && largestExpandedList === 20
    collector.addMemberList({ group, file, isWhole: !mayBeCut, concern: 'memberships' })
    if (mayBeCut) {
      collector.note(
        `${file}: "${name}" lists exactly 20 members, the most Graph's $expand gives, so others may be missing. ` +
          'Export the members of this group by themselves.',
      )
    }
  }
}

function markUnterminated(file: DirectoryFile, collector: Collector): void {
  const reason = `${file.name} ends without a line break, so it cannot be told from a file that was cut off between two objects.`
  for (const concern of ['users', 'groups'] as const) collector.markPartial(concern, file.name, reason)
}

/** The parsed value, or what `otherwise` answers when the text is no JSON. */
function parseOr(text: string, otherwise: (message: string) => undefined): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    return otherwise(error.message)
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function cutOff(file: DirectoryFile, line: number): DirectoryFileError {
  const reason =
    'The JSON that begins here has no end: the file was cut off. People missing from a cut file are not people who left: get the file once more.'
  return problemOfFile(file, line, '', reason)
}

function malformed(file: DirectoryFile, line: number, value: string): DirectoryFileError {
  return problemOfFile(file, line, value, 'This is no JSON. Correct the file or export it once more.')
}

function problemOfFile(file: DirectoryFile, line: number, value: string, reason: string): DirectoryFileError {
  return new DirectoryFileError('file', [{ file: file.name, line, column: '', value, reason }])
}
