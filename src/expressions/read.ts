/*
 * Reads the text of an expression into its tree, or says where the text cannot go on (expressions.md sections 2 and 3).
 * Open brackets are kept on a stack of our own, not the machine's: ten thousand of them are an error, not a crash.
 */
import { describeError } from './error.ts'
import type { ExpressionError, Result } from './error.ts'
import { nextToken, ReadFailure } from './tokens.ts'
import type { Token } from './tokens.ts'
import type { ComparisonOperator, Node, ParsedExpression } from './tree.ts'

/** expressions.md section 7: longest text, and how many brackets may stand open at one place. */
export const textLengthMax = 10_000
export const nestingDepthMax = 128

/** One open bracket (or the whole text) and what was read inside it so far. */
interface Frame {
  readonly opens: 'text' | 'group' | 'call'
  readonly start: number
  readonly name: string
  readonly arguments: (Node | null)[]
  /** Left side of a comparison whose right side is being read. */
  left: Node | null
  operator: ComparisonOperator | null
  /** What was read of the current operand, joined by `&` so far. */
  operand: Node | null
  expectsConcatenation: boolean
}

function open(opens: Frame['opens'], start: number, name: string): Frame {
  return {
    opens,
    start,
    name,
    arguments: [],
    left: null,
    operator: null,
    operand: null,
    expectsConcatenation: false,
  }
}

export function parseExpression(text: string): Result<ParsedExpression> {
  if (text.length > textLengthMax) {
    const message = `The expression has ${text.length} characters; at most ${textLengthMax} are allowed.`
    return { ok: false, error: describeError(text, 'syntax', 'parse', textLengthMax, message) }
  }
  try {
    return readText(text)
  } catch (failure) {
    if (!(failure instanceof ReadFailure)) throw failure
    const { position, message, hint } = failure
    return { ok: false, error: describeError(text, 'syntax', 'parse', position, message, { hint }) }
  }
}

function readText(text: string): Result<ParsedExpression> {
  const frames: Frame[] = [open('text', 0, '')]
  let tooDeep: ExpressionError | null = null
  let at = 0
  for (;;) {
    const frame = frames[frames.length - 1]
    if (frame === undefined) throw new Error('The reader lost its outermost frame.')
    const token = nextToken(text, at, frame.operand === null || frame.expectsConcatenation)
    at = token.end
    switch (token.type) {
      case 'operand':
        addOperand(frame, token.node)
        break
      case 'group':
      case 'call':
        frames.push(open(token.type, token.start, token.type === 'call' ? token.name : ''))
        if (frames.length - 1 > nestingDepthMax) tooDeep ??= describeTooDeep(text, token.start)
        break
      case '&':
        frame.expectsConcatenation = true
        break
      case 'comparison':
        beginComparison(frame, token.operator, token.start)
        break
      case ',':
        if (frame.opens !== 'call') {
          throw new ReadFailure(
            token.start,
            'A comma separates the arguments of a function, but no function is open here.',
          )
        }
        frame.arguments.push(endArgument(frame, token))
        break
      case ')': {
        const node = close(frame, token)
        frames.pop()
        const outer = frames[frames.length - 1]
        if (outer === undefined) throw new ReadFailure(token.start, 'This closing parenthesis was never opened.')
        addOperand(outer, node)
        break
      }
      case 'end': {
        if (frame.opens !== 'text') throw missingParenthesis(frame, token.start)
        const root = endExpression(frame, token)
        return tooDeep === null ? { ok: true, value: { text, root } } : { ok: false, error: tooDeep }
      }
    }
  }
}

function describeTooDeep(text: string, position: number): ExpressionError {
  const message = `More than ${nestingDepthMax} parentheses are open at this place; an expression may be nested ${nestingDepthMax} deep.`
  return describeError(text, 'argument', 'validate', position, message)
}

function addOperand(frame: Frame, node: Node): void {
  if (frame.operand === null) {
    frame.operand = node
    return
  }
  const left = frame.operand
  frame.operand = { type: 'operation', operator: '&', left, right: node, start: left.start, end: node.end }
  frame.expectsConcatenation = false
}

function beginComparison(frame: Frame, operator: ComparisonOperator, position: number): void {
  if (frame.operator !== null) {
    throw new ReadFailure(
      position,
      `Comparisons do not chain: a second "${operator}" follows the first.`,
      'Put one comparison into parentheses.',
    )
  }
  frame.left = frame.operand
  frame.operator = operator
  frame.operand = null
}

/** The whole of what stands in the frame, which must be something. */
function endExpression(frame: Frame, token: Token): Node {
  const { operand, left, operator } = frame
  if (operand === null || frame.expectsConcatenation) {
    throw new ReadFailure(
      token.start,
      `An expression is expected here, but ${token.type === 'end' ? 'the text ends' : `"${token.type}" was found`}.`,
    )
  }
  frame.operand = null
  frame.left = null
  frame.operator = null
  if (left === null || operator === null) return operand
  return { type: 'operation', operator, left, right: operand, start: left.start, end: operand.end }
}

/** An argument place may be left empty; one that was begun must be finished. */
function endArgument(frame: Frame, token: Token): Node | null {
  const isEmpty = frame.operand === null && frame.operator === null
  return isEmpty ? null : endExpression(frame, token)
}

function close(frame: Frame, token: Token): Node {
  switch (frame.opens) {
    case 'text':
      if (frame.operand !== null && !frame.expectsConcatenation) {
        throw new ReadFailure(token.start, 'This closing parenthesis was never opened.')
      }
      return endExpression(frame, token)
    case 'group':
      return endExpression(frame, token)
    case 'call': {
      const last = endArgument(frame, token)
      if (last !== null || frame.arguments.length > 0) frame.arguments.push(last)
      return { type: 'call', name: frame.name, arguments: frame.arguments, start: frame.start, end: token.end }
    }
  }
}

function missingParenthesis(frame: Frame, position: number): ReadFailure {
  const what = frame.opens === 'call' ? `the call of ${frame.name}` : 'the parenthesis'
  return new ReadFailure(position, `The text ends, but ${what} opened at position ${frame.start} is not closed by ")".`)
}
