/*
 * The tree of an expression as it was written (expressions.md section 3). Parentheses leave no node; constants keep the
 * form they were written in, so that evaluating and pointing at errors follow the text.
 */

export type Keyword =
  | 'True'
  | 'False'
  | 'NULL'
  | 'vbTextCompare'
  | 'vbBinaryCompare'
  | 'Unicode'
  | 'UTF8'
  | 'ASCII'
  | 'IgnoreAttributeFlow'
  | 'IgnoreObjectFlow'

export const keywords: readonly Keyword[] = [
  'True',
  'False',
  'NULL',
  'vbTextCompare',
  'vbBinaryCompare',
  'Unicode',
  'UTF8',
  'ASCII',
  'IgnoreAttributeFlow',
  'IgnoreObjectFlow',
]

export type ComparisonOperator = '=' | '<>' | '<' | '<=' | '>' | '>='
export type Operator = ComparisonOperator | '&'

export const operators: readonly Operator[] = ['=', '<>', '<', '<=', '>', '>=', '&']

/** Offsets of the node's first character and of the one after its last, in UTF-16 code units. */
interface Span {
  readonly start: number
  readonly end: number
}

export interface AttributeNode extends Span {
  readonly type: 'attribute'
  readonly name: string
}
export interface TextNode extends Span {
  readonly type: 'text'
  readonly value: string
}
export interface IntegerNode extends Span {
  readonly type: 'integer'
  readonly value: bigint
}
/** `text` is the number without a leading plus sign, its digits as written. */
export interface DecimalNode extends Span {
  readonly type: 'decimal'
  readonly text: string
}
export interface KeywordNode extends Span {
  readonly type: 'keyword'
  readonly keyword: Keyword
}
/** `name` as written; `null` among the arguments is an omitted one, which is neither `NULL` nor `""`. */
export interface CallNode extends Span {
  readonly type: 'call'
  readonly name: string
  readonly arguments: readonly (Node | null)[]
}
export interface OperationNode extends Span {
  readonly type: 'operation'
  readonly operator: Operator
  readonly left: Node
  readonly right: Node
}

export type Node = AttributeNode | TextNode | IntegerNode | DecimalNode | KeywordNode | CallNode | OperationNode

/** An expression that was read without error: what every other part of this room works on. */
export interface ParsedExpression {
  readonly text: string
  readonly root: Node
}

/** The nodes directly below, in the order of the text. */
export function childrenOf(node: Node): readonly Node[] {
  switch (node.type) {
    case 'call':
      return node.arguments.filter((argument) => argument !== null)
    case 'operation':
      return [node.left, node.right]
    case 'attribute':
    case 'text':
    case 'integer':
    case 'decimal':
    case 'keyword':
      return []
  }
}

/** Every node from the root down. A long chain of `&` leans to the left, so this keeps its own stack. */
export function* nodesOf(root: Node): Generator<Node> {
  const waiting: Node[] = [root]
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    yield node
    waiting.push(...childrenOf(node).toReversed())
  }
}

/** The operands of a chain of `&` from left to right; any other node is a chain of one. */
export function concatenated(node: Node): readonly Node[] {
  const operands: Node[] = []
  let at = node
  while (at.type === 'operation' && at.operator === '&') {
    operands.push(at.right)
    at = at.left
  }
  operands.push(at)
  return operands.reverse()
}
