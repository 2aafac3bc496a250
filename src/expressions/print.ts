/*
 * The canonical text of an expression, as Graph prints it (expressions.md section 10): documented names, one blank after
 * each comma, a place for every declared parameter. Reading it gives the same expression again.
 */
import { isFinding, placesOf } from './functions/places.ts'
import { findFunction } from './functions/table.ts'
import type { CallNode, Node, OperationNode, ParsedExpression } from './tree.ts'
import { concatenated } from './tree.ts'

/** Where a constant stands decides whether a number is written bare. */
export type Surroundings = 'alone' | 'integerParameter' | 'otherParameter' | 'operator'

export function printExpression(expression: ParsedExpression): string {
  return printNode(expression.root, 'alone')
}

export function printNode(node: Node, surroundings: Surroundings): string {
  switch (node.type) {
    case 'attribute':
      return `[${node.name}]`
    case 'text':
      return surroundings === 'integerParameter' && isPlainInteger(node.value) ? node.value : quote(node.value)
    case 'integer':
      return surroundings === 'integerParameter' || surroundings === 'operator'
        ? node.value.toString()
        : quote(node.value.toString())
    case 'decimal':
      return surroundings === 'operator' ? node.text : quote(node.text)
    case 'keyword': {
      const isValue = node.keyword !== 'NULL' && !node.keyword.startsWith('Ignore')
      return surroundings === 'alone' && isValue ? quote(node.keyword) : node.keyword
    }
    case 'call':
      return printCall(node)
    case 'operation':
      return node.operator === '&' ? printConcatenation(node) : printComparison(node)
  }
}

/** Only `\` and `"` are escaped (section 2). */
export function quote(text: string): string {
  return `"${text.replace(/[\\"]/g, '\\$&')}"`
}

/** Written so that reading it as a number and printing that gives the same text again. */
export function isPlainInteger(text: string): boolean {
  if (!/^(?:0|-?[1-9]\d{0,18})$/.test(text)) return false
  return BigInt.asIntN(64, BigInt(text)) === BigInt(text)
}

/** A call that does not check is printed as it was written. */
function printCall(node: CallNode): string {
  const definition = findFunction(node.name)
  const places = definition === null ? null : placesOf(node, definition)
  if (definition === null || places === null || isFinding(places)) {
    return `${node.name}(${printPlaces(node.arguments, () => 'otherParameter')})`
  }
  return `${definition.name}(${printPlaces([...places.fixed, ...places.repeated], (index) =>
    definition.parameters[index]?.type === 'Integer' ? 'integerParameter' : 'otherParameter',
  )})`
}

function printPlaces(places: readonly (Node | null)[], surroundingsOf: (index: number) => Surroundings): string {
  return places.map((place, index) => (place === null ? '' : printNode(place, surroundingsOf(index)))).join(', ')
}

/** A chain leans to the left; a concatenation on the right of another was written in parentheses. */
function printConcatenation(node: OperationNode): string {
  return concatenated(node)
    .map((operand) =>
      operand.type === 'operation' ? `(${printNode(operand, 'operator')})` : printNode(operand, 'operator'),
    )
    .join(' & ')
}

function printComparison({ operator, left, right }: OperationNode): string {
  return `${printSide(left)} ${operator} ${printSide(right)}`
}

function printSide(node: Node): string {
  const text = printNode(node, 'operator')
  return node.type === 'operation' && node.operator !== '&' ? `(${text})` : text
}
