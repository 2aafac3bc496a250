/*
 * Reads Slack's filter expressions and the brackets of a patch path (slack.md 2.3, 3.4, 4): which attribute, operator
 * and literal are meant, or which of Slack's error names fits. Recursive descent with a limit on depth.
 */
import { Refusal } from './refusal.ts'

export type Operator = 'eq' | 'co' | 'sw' | 'pr' | 'gt' | 'ge' | 'lt' | 'le'

export interface Comparison {
  readonly kind: 'comparison'
  /** In lower case: attribute names compare without case. */
  readonly attribute: string
  readonly operator: Operator
  /** In lower case: values compare without case. Empty for `pr`. */
  readonly literal: string
}

export interface Combination {
  readonly kind: 'and' | 'or'
  readonly operands: readonly Filter[]
}

export type Filter = Comparison | Combination

export interface FilterDialect {
  /** Names in lower case. */
  readonly attributes: ReadonlySet<string>
  /** Slack's own sample of a patch path leaves an id without quotes. */
  readonly allowsBareWords: boolean
}

interface Word {
  readonly kind: 'open' | 'close' | 'word' | 'text'
  readonly text: string
}

const operators: ReadonlySet<string> = new Set(['eq', 'co', 'sw', 'pr', 'gt', 'ge', 'lt', 'le'])
const depthMax = 50
/** The text that Slack was seen to answer (slack.md 2.3). */
const aggregateCall = 'is_aggregate_call=1'

export function parseFilter(text: string, dialect: FilterDialect): Filter {
  const words = splitWords(text)
  if (!words.some((word) => word.kind === 'word' && isOperator(word.text))) throw refuseWithoutOperator(words)
  const reader = { words, position: 0, dialect }
  const filter = readOr(reader, 0)
  const rest = reader.words[reader.position]
  if (rest === undefined) return filter
  throw new Refusal(rest.kind === 'close' ? 'invalid_filter_group' : 'invalid_query')
}

/** Whether the filter holds for somebody whose attributes are handed over, all in lower case. */
export function matchesFilter(filter: Filter, valuesOf: (attribute: string) => readonly string[]): boolean {
  if (filter.kind !== 'comparison') {
    const test = (operand: Filter): boolean => matchesFilter(operand, valuesOf)
    return filter.kind === 'and' ? filter.operands.every(test) : filter.operands.some(test)
  }
  const { operator, literal } = filter
  return valuesOf(filter.attribute).some((value) => compare(value, operator, literal))
}

function compare(value: string, operator: Operator, literal: string): boolean {
  switch (operator) {
    case 'eq':
      return value === literal
    case 'co':
      return value.includes(literal)
    case 'sw':
      return value.startsWith(literal)
    case 'pr':
      return value !== ''
    case 'gt':
      return value > literal
    case 'ge':
      return value >= literal
    case 'lt':
      return value < literal
    case 'le':
      return value <= literal
  }
}

interface Reader {
  readonly words: readonly Word[]
  position: number
  readonly dialect: FilterDialect
}

function readOr(reader: Reader, depth: number): Filter {
  return readChain(reader, 'or', () => readAnd(reader, depth))
}

function readAnd(reader: Reader, depth: number): Filter {
  return readChain(reader, 'and', () => readOperand(reader, depth))
}

function readChain(reader: Reader, kind: 'and' | 'or', readNext: () => Filter): Filter {
  const operands = [readNext()]
  while (isWord(reader.words[reader.position], kind)) {
    reader.position++
    operands.push(readNext())
  }
  const [only, second] = operands
  return only !== undefined && second === undefined ? only : { kind, operands }
}

function readOperand(reader: Reader, depth: number): Filter {
  const word = reader.words[reader.position]
  if (word === undefined) throw new Refusal('incomplete_filter')
  if (word.kind === 'close') throw new Refusal('invalid_filter_group')
  if (word.kind === 'open') {
    if (depth >= depthMax) throw new Refusal('query_building_failed')
    reader.position++
    const inner = readOr(reader, depth + 1)
    const end = reader.words[reader.position]
    if (end?.kind !== 'close') throw new Refusal('invalid_filter_group')
    reader.position++
    return inner
  }
  return readComparison(reader)
}

function readComparison(reader: Reader): Comparison {
  const [name, operator, literal] = reader.words.slice(reader.position, reader.position + 3)
  if (name?.kind !== 'word') throw new Refusal('invalid_query')
  const attribute = name.text.toLowerCase()
  if (operator === undefined) throw new Refusal('incomplete_filter')
  // `not` and the operators ne and ew do not exist (slack.md 2.3).
  if (operator.kind !== 'word' || !isOperator(operator.text)) throw new Refusal('invalid_query')
  if (!reader.dialect.attributes.has(attribute)) throw new Refusal('invalid_query')
  if (operator.text.toLowerCase() === 'pr') {
    reader.position += 2
    return { kind: 'comparison', attribute, operator: 'pr', literal: '' }
  }
  if (literal === undefined || literal.kind === 'open' || literal.kind === 'close') {
    throw new Refusal('incomplete_filter')
  }
  const isAllowed = literal.kind === 'text' || /^-?\d+$/.test(literal.text) || reader.dialect.allowsBareWords
  if (!isAllowed) throw new Refusal('invalid_query')
  reader.position += 3
  return {
    kind: 'comparison',
    attribute,
    operator: operator.text.toLowerCase() as Operator,
    literal: literal.text.toLowerCase(),
  }
}

function isOperator(text: string): boolean {
  return operators.has(text.toLowerCase())
}

function isWord(word: Word | undefined, text: string): boolean {
  return word?.kind === 'word' && word.text.toLowerCase() === text
}

/** Text without any operator is junk to Slack, unless it only lacks what follows a known beginning. */
function refuseWithoutOperator(words: readonly Word[]): Refusal {
  const second = words[1]
  const looksLikeExpression = second?.kind === 'word' && words.length >= 3
  return looksLikeExpression ? new Refusal('invalid_query') : new Refusal('no_filters', aggregateCall)
}

function splitWords(text: string): readonly Word[] {
  const words: Word[] = []
  let position = 0
  while (position < text.length) {
    const character = text.charAt(position)
    if (/\s/.test(character)) {
      position++
    } else if (character === '(' || character === ')') {
      words.push({ kind: character === '(' ? 'open' : 'close', text: character })
      position++
    } else if (character === '"' || character === "'") {
      const { text: literal, end } = readQuoted(text, position)
      words.push({ kind: 'text', text: literal })
      position = end
    } else {
      const start = position
      while (position < text.length && !/[\s()"']/.test(text.charAt(position))) position++
      words.push({ kind: 'word', text: text.slice(start, position) })
    }
  }
  return words
}

function readQuoted(text: string, start: number): { text: string; end: number } {
  const quote = text.charAt(start)
  let position = start + 1
  while (position < text.length && text.charAt(position) !== quote) {
    position += text.charAt(position) === '\\' ? 2 : 1
  }
  // The end of the literal is still to come (slack.md 2.3).
  if (position >= text.length) throw new Refusal('incomplete_filter')
  const inner = text.slice(start + 1, position)
  return { text: quote === '"' ? readJsonText(inner) : inner, end: position + 1 }
}

/** Literals in double quotes are JSON strings. */
function readJsonText(inner: string): string {
  try {
    return String(JSON.parse(`"${inner}"`))
  } catch (error) {
    if (error instanceof SyntaxError) throw new Refusal('invalid_query')
    throw error
  }
}
