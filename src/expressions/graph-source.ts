/*
 * An expression as Graph's `attributeMappingSource` (expressions.md section 10): written from the tree here, read in
 * import-graph-source.ts.
 */
import type { AttributeMappingSource } from '../vocabulary/index.ts'
import { graphKeyOf } from './functions/definition.ts'
import { isFinding, placesOf } from './functions/places.ts'
import { findFunction } from './functions/table.ts'
import { printNode, quote } from './print.ts'
import type { Surroundings } from './print.ts'
import type { CallNode, Node, Operator, ParsedExpression } from './tree.ts'

export interface GraphSource extends AttributeMappingSource {
  readonly expression: string
  readonly name: string | null
  readonly type: 'Attribute' | 'Constant' | 'Function'
  readonly parameters: readonly GraphParameter[]
}

export interface GraphParameter {
  readonly key: string
  readonly value: GraphSource
}

/** The expression must have passed its check: the keys are the parameters' names. */
export function toGraphSource(expression: ParsedExpression): GraphSource {
  return sourceOf(expression.root, 'alone')
}

function sourceOf(node: Node, surroundings: Surroundings): GraphSource {
  switch (node.type) {
    case 'attribute':
      return { expression: `[${node.name}]`, name: node.name, type: 'Attribute', parameters: [] }
    case 'text':
      return constant(node.value)
    case 'integer':
      return constant(node.value.toString())
    case 'decimal':
      return constant(node.text)
    case 'keyword':
      if (node.keyword === 'NULL') return { expression: 'NULL', name: null, type: 'Constant', parameters: [] }
      if (node.keyword.startsWith('Ignore')) {
        return { expression: node.keyword, name: node.keyword, type: 'Function', parameters: [] }
      }
      return constant(node.keyword)
    case 'call':
      return callSource(node, surroundings)
    case 'operation':
      return operationSource(node)
  }
}

/** Always quoted, numbers too. */
function constant(text: string): GraphSource {
  return { expression: quote(text), name: text, type: 'Constant', parameters: [] }
}

/** Omitted arguments are absent; a repeating parameter repeats its key. */
function callSource(node: CallNode, surroundings: Surroundings): GraphSource {
  const definition = findFunction(node.name)
  const places = definition === null ? null : placesOf(node, definition)
  if (definition === null || places === null || isFinding(places)) {
    throw new Error(`${node.name} has no Graph form: the expression was not checked.`)
  }
  const { parameters } = definition
  const given = [...places.fixed, ...places.repeated].flatMap((place, index): GraphParameter[] => {
    const parameter = parameters[Math.min(index, parameters.length - 1)]
    if (place === null || parameter === undefined) return []
    return [{ key: graphKeyOf(parameter), value: sourceOf(place, 'otherParameter') }]
  })
  return { expression: printNode(node, surroundings), name: definition.name, type: 'Function', parameters: given }
}

/** A long chain of `&` leans to the left, so its innermost operation is made first, without recursion. */
function operationSource(node: Extract<Node, { type: 'operation' }>): GraphSource {
  const chain = [node]
  for (let left = node.left; left.type === 'operation'; left = left.left) chain.push(left)
  let source: GraphSource | null = null
  for (const operation of chain.reverse()) {
    const left: GraphSource = source ?? sourceOf(operation.left, 'operator')
    source = operatorSource(
      operation.operator,
      printNode(operation, 'operator'),
      left,
      sourceOf(operation.right, 'operator'),
    )
  }
  if (source === null) throw new Error('A chain of operations is never empty.')
  return source
}

function operatorSource(name: Operator, expression: string, left: GraphSource, right: GraphSource): GraphSource {
  return {
    expression,
    name,
    type: 'Function',
    parameters: [
      { key: 'left', value: left },
      { key: 'right', value: right },
    ],
  }
}
