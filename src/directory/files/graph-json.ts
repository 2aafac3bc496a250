/*
 * Reads Microsoft Graph JSON: an answer `{"value": [...]}`, a list, single objects, or a sequence of any of these (JSON
 * Lines, pages one below the other), as Graph Explorer, Graph PowerShell and the Azure CLI write them.
 */
import { addGraphObject, type GraphContext } from './graph-objects.ts'
import type { Collector } from './collect-objects.ts'
import { DirectoryFileError } from './directory-file-error.ts'
import type { DirectoryFile, DirectoryFileFormat } from './directory-reading.ts'
import { createJsonDocumentReader, isCutOff } from './json-documents.ts'

interface Progress {
  objects: number
  /** The last page named a page after it. */
  hasNextPage: boolean
  /** The last document is one object without a list around it, so that nothing shows where the sequence ends. */
  endsBare: boolean
}

/** A first line longer than this is read as a document, and not as one of many lines. */
const firstLineMax = 4_000_000

/** Reads one file. Throws a `DirectoryFileError` when the file as a whole cannot be believed. */
export async function readGraphJson(
  file: DirectoryFile,
  pieces: AsyncIterable<string>,
  collector: Collector,
): Promise<DirectoryFileFormat> {
  const progress: Progress = { objects: 0, hasNextPage: false, endsBare: false }
  const context: GraphContext = { file: file.name, collector, largestExpandedList: 0, fullExpandedLists: [] }
  let reader: TextReader | undefined
  let head = ''
  for await (const piece of pieces) {
    if (reader !== undefined) {
      reader.feed(piece)
      continue
    }
    head += piece
    reader = readerFor(file, head, progress, context)
    if (reader === undefined) continue
    reader.feed(head)
    head = ''
  }
  if (reader === undefined) {
    reader = documentReader(file, progress, context)
    reader.feed(head)
  }
  if (reader.end() === 'unterminated') markUnterminated(file, collector)

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
  return reader.format
}

interface TextReader {
  readonly format: DirectoryFileFormat
  feed(piece: string): void
  /** Whether the file may have been cut off between two objects. */
  end(): 'terminated' | 'unterminated'
}

/** `undefined`: the first line has not ended yet. A first line that is a whole object says that each line is one. */
function readerFor(
  file: DirectoryFile,
  head: string,
  progress: Progress,
  context: GraphContext,
): TextReader | undefined {
  const start = head.trimStart()
  const end = start.indexOf('\n')
  if (end === -1 && start.length <= firstLineMax) return undefined
  const isLines = end !== -1 && isRecord(parseOr(start.slice(0, end), () => undefined))
  return (isLines ? lineReader : documentReader)(file, progress, context)
}

function lineReader(file: DirectoryFile, progress: Progress, context: GraphContext): TextReader {
  let rest = ''
  let line = 1

  function takeLine(text: string, isTerminated: boolean): void {
    if (text.trim() !== '') takeLineValue(text, isTerminated)
    line += 1
  }

  function takeLineValue(text: string, isTerminated: boolean): void {
    const value = parseOr(text, () => {
      if (!isTerminated && isCutOff(text)) throw cutOff(file, line)
      const reason =
        'This line is no JSON value. In JSON Lines every line holds one whole object: correct or remove the line.'
      context.collector.refuse('any', { file: file.name, line, column: '', value: text.trim(), reason })
    })
    if (value !== undefined) takeValue(value, line, progress, context)
  }

  return {
    format: 'graph json lines',
    feed(piece) {
      const text = rest + piece
      let start = 0
      for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', start)) {
        takeLine(text.slice(start, end), true)
        start = end + 1
      }
      rest = text.slice(start)
    },
    end() {
      if (rest.trim() === '') return 'terminated'
      takeLine(rest, false)
      return 'unterminated'
    },
  }
}

function documentReader(file: DirectoryFile, progress: Progress, context: GraphContext): TextReader {
  let contextUrl = ''
  /** Elements that came before it is known what they are: the context may stand behind the list. */
  let waiting: { readonly element: unknown; readonly line: number }[] | null = null
  let lastSign = ''

  function parse(text: string, line: number): unknown {
    return parseOr(text, (message) => {
      const position = Number(/position (\d+)/u.exec(message)?.[1] ?? 0)
      const linesBefore = text.slice(0, position).split('\n').length - 1
      throw malformed(file, line + linesBefore, text.slice(position, position + 40))
    })
  }

  function flush(): void {
    for (const { element, line } of waiting ?? []) takeElement(element, line, contextUrl, progress, context)
    waiting = null
  }

  const reader = createJsonDocumentReader({
    opens(head) {
      contextUrl = head === null ? '' : contextOf(parseOr(head, () => undefined))
      waiting = head === null || contextUrl !== '' ? null : []
    },
    element(text, line) {
      const element = parse(text, line)
      if (waiting === null) takeElement(element, line, contextUrl, progress, context)
      else waiting.push({ element, line })
    },
    closes(text, line) {
      const envelope = text === null ? undefined : parse(text, line)
      contextUrl ||= contextOf(envelope)
      flush()
      progress.endsBare = false
      if (envelope !== undefined) progress.hasNextPage = namesNextPage(envelope)
    },
    single: (text, line) => takeValue(parse(text, line), line, progress, context),
    cutOff: (line) => {
      throw cutOff(file, line)
    },
    malformed: (line, found) => {
      throw malformed(file, line, found)
    },
  })
  return {
    format: 'graph json',
    feed(piece) {
      lastSign = piece.at(-1) ?? lastSign
      reader.feed(piece)
    },
    end() {
      reader.end()
      return progress.endsBare && !/\s/u.test(lastSign) ? 'unterminated' : 'terminated'
    },
  }
}

/** A value that is whole in memory: an answer with its `value`, a list, or one object. */
function takeValue(value: unknown, line: number, progress: Progress, context: GraphContext): void {
  const envelope = isRecord(value) && Array.isArray(value['value']) ? value : undefined
  progress.endsBare = envelope === undefined && !Array.isArray(value)
  if (envelope !== undefined) progress.hasNextPage = namesNextPage(envelope)
  const listed: unknown = envelope === undefined ? value : envelope['value']
  const elements: readonly unknown[] = Array.isArray(listed) ? listed : [listed]
  for (const element of elements) takeElement(element, line, contextOf(envelope), progress, context)
}

function takeElement(
  element: unknown,
  line: number,
  contextUrl: string,
  progress: Progress,
  context: GraphContext,
): void {
  progress.objects += 1
  addGraphObject(element, line, contextUrl, context)
}

function contextOf(envelope: unknown): string {
  const url = isRecord(envelope) ? envelope['@odata.context'] : undefined
  return typeof url === 'string' ? url : ''
}

const namesNextPage = (envelope: unknown): boolean =>
  isRecord(envelope) && typeof envelope['@odata.nextLink'] === 'string'

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
