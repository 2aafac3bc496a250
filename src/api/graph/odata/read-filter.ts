/*
 * Reads `$filter` (graph-api.md 1.3) by recursive descent: or, and, not, then comparisons, `in`, text functions and lambdas.
 * Words of the language are taken without regard to case.
 */
import {
  comparisons,
  textTests,
  type Comparison,
  type Filter,
  type Literal,
  type Operand,
  type TextTest,
} from './filter.ts'
import { filterProblem, filterTokens, type Token } from './filter-tokens.ts'

/** Nested deeper, or made of more parts, than any client's filter; what is beyond is refused, not tried. */
const depthMax = 30
const partsMax = 1500

export function readFilter(text: string): Filter {
  return new FilterReader(filterTokens(text)).readAll()
}

class FilterReader {
  readonly #tokens: readonly Token[]
  #at = 0
  #parts = 0

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens
  }

  readAll(): Filter {
    const filter = this.#readOr(0)
    const rest = this.#peek()
    if (rest.kind !== 'end') throw filterProblem(`unexpected '${rest.value}'`, rest.at)
    return filter
  }

  #peek(ahead = 0): Token {
    return this.#tokens[Math.min(this.#at + ahead, this.#tokens.length - 1)] as Token
  }

  #next(): Token {
    const token = this.#peek()
    this.#at += 1
    return token
  }

  #isWord(...words: readonly string[]): boolean {
    const token = this.#peek()
    return token.kind === 'word' && words.includes(token.value.toLowerCase())
  }

  #isSign(sign: string, ahead = 0): boolean {
    const token = this.#peek(ahead)
    return token.kind === 'sign' && token.value === sign
  }

  #expectSign(sign: string): void {
    const token = this.#next()
    if (token.kind !== 'sign' || token.value !== sign)
      throw filterProblem(`'${sign}' is expected and '${token.value}' found`, token.at)
  }

  #enter(depth: number): void {
    this.#parts += 1
    if (depth > depthMax || this.#parts > partsMax)
      throw filterProblem('the expression is too large or nested too deeply', this.#peek().at)
  }

  #readOr(depth: number): Filter {
    return this.#readJoined('or', depth, () => this.#readAnd(depth))
  }

  #readAnd(depth: number): Filter {
    return this.#readJoined('and', depth, () => this.#readNot(depth))
  }

  #readJoined(kind: 'and' | 'or', depth: number, read: () => Filter): Filter {
    this.#enter(depth)
    const items = [read()]
    while (this.#isWord(kind)) {
      this.#next()
      items.push(read())
    }
    const [only] = items
    return items.length === 1 && only !== undefined ? only : { kind, items }
  }

  #readNot(depth: number): Filter {
    if (!this.#isWord('not') || this.#isSign('/', 1)) return this.#readTerm(depth)
    this.#next()
    this.#enter(depth)
    return { kind: 'not', item: this.#readNotOperand(depth + 1) }
  }

  #readNotOperand(depth: number): Filter {
    this.#enter(depth)
    return this.#readNot(depth)
  }

  #readTerm(depth: number): Filter {
    this.#enter(depth)
    if (this.#isSign('(')) {
      this.#next()
      const inner = this.#readOr(depth + 1)
      this.#expectSign(')')
      return inner
    }
    if (this.#isWord(...textTests) && this.#isSign('(', 1)) return this.#readMaybeCompared(this.#readTest(depth))
    const operand = this.#readOperand(depth)
    if (operand.kind === 'path' && this.#isSign('(')) return this.#readLambda(operand.names, depth)
    return this.#readComparison(operand)
  }

  #readTest(depth: number): Filter {
    const name = this.#next().value.toLowerCase() as TextTest
    this.#expectSign('(')
    const left = this.#readOperand(depth + 1)
    this.#expectSign(',')
    const text = this.#readTextArgument()
    this.#expectSign(')')
    return { kind: 'test', name, left, text }
  }

  /** `contains(tolower(x), tolower('Y'))` is written too. */
  #readTextArgument(): string {
    if (this.#isWord('tolower', 'toupper') && this.#isSign('(', 1)) {
      const lower = this.#next().value.toLowerCase() === 'tolower'
      this.#expectSign('(')
      const text = this.#readTextArgument()
      this.#expectSign(')')
      return lower ? text.toLowerCase() : text.toUpperCase()
    }
    const token = this.#next()
    if (token.kind !== 'text') throw filterProblem('a text in quotes is expected', token.at)
    return token.value
  }

  /** `startswith(x,'y') eq true`, as older clients write. */
  #readMaybeCompared(test: Filter): Filter {
    if (!this.#isWord('eq', 'ne')) return test
    const isEqual = this.#next().value.toLowerCase() === 'eq'
    const literal = this.#readLiteral()
    if (literal.kind !== 'truth') throw filterProblem('true or false is expected', this.#peek().at)
    return literal.value === isEqual ? test : { kind: 'not', item: test }
  }

  #readOperand(depth: number): Operand {
    this.#enter(depth)
    if (this.#isWord('tolower', 'toupper') && this.#isSign('(', 1)) {
      const kind = this.#next().value.toLowerCase() as 'tolower' | 'toupper'
      this.#expectSign('(')
      const of = this.#readOperand(depth + 1)
      this.#expectSign(')')
      return { kind, of }
    }
    const names = [this.#readName()]
    while (this.#isSign('/')) {
      this.#next()
      names.push(this.#readName())
    }
    return names.length > 1 && names.at(-1)?.toLowerCase() === '$count'
      ? { kind: 'count', names: names.slice(0, -1) }
      : { kind: 'path', names }
  }

  #readName(): string {
    const token = this.#next()
    if (token.kind !== 'word' || !/^\$?[A-Za-z_][A-Za-z0-9_.]*$/.test(token.value))
      throw filterProblem('the name of a property is expected', token.at)
    return token.value
  }

  #readLambda(path: readonly string[], depth: number): Filter {
    const kind = path.at(-1)?.toLowerCase()
    const names = path.slice(0, -1)
    if ((kind !== 'any' && kind !== 'all') || names.length === 0)
      throw filterProblem(`there is no function '${path.join('/')}'`, this.#peek().at)
    this.#expectSign('(')
    if (kind === 'any' && this.#isSign(')')) {
      this.#next()
      return { kind, names, variable: null, item: null }
    }
    const variable = this.#readName()
    this.#expectSign(':')
    const item = this.#readOr(depth + 1)
    this.#expectSign(')')
    return { kind, names, variable, item }
  }

  #readComparison(left: Operand): Filter {
    const token = this.#next()
    const word = token.value.toLowerCase()
    if (token.kind === 'word' && word === 'in') return { kind: 'in', left, values: this.#readList() }
    const operator = comparisons.find((each): each is Comparison => each === word)
    if (token.kind !== 'word' || operator === undefined)
      throw filterProblem(
        token.kind === 'end' ? 'an operator is expected behind the property' : `'${token.value}' is no operator`,
        token.at,
      )
    return { kind: 'compare', operator, left, right: this.#readLiteral() }
  }

  #readList(): readonly Literal[] {
    this.#expectSign('(')
    const values = [this.#readLiteral()]
    while (this.#isSign(',')) {
      this.#next()
      this.#enter(0)
      values.push(this.#readLiteral())
    }
    this.#expectSign(')')
    return values
  }

  #readLiteral(): Literal {
    const token = this.#next()
    if (token.kind === 'text') return { kind: 'text', value: token.value }
    if (token.kind === 'word') {
      const literal = literalOfWord(token.value)
      if (literal !== null) return literal
    }
    throw filterProblem('a value is expected: a text in quotes, a number, a date, true, false or null', token.at)
  }
}

const guidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
const instantPattern = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,7})?)?(Z|[+-]\d\d:\d\d)?)?$/i

function literalOfWord(word: string): Literal | null {
  switch (word.toLowerCase()) {
    case 'true':
    case 'false':
      return { kind: 'truth', value: word.toLowerCase() === 'true' }
    case 'null':
      return { kind: 'null' }
  }
  if (guidPattern.test(word)) return { kind: 'guid', value: word.toLowerCase() }
  if (/^-?\d{1,15}(\.\d{1,15})?$/.test(word)) return { kind: 'number', value: Number(word) }
  if (instantPattern.test(word) && !Number.isNaN(Date.parse(word)))
    return { kind: 'instant', value: word.toUpperCase() }
  return null
}
