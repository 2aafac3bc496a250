/*
 * Finds the operation an address means. The list of operations is the one truth about what can be asked: routing, and later
 * the table of permissions and the API description, come from it.
 */
import { badAddress, GraphProblem } from './graph-problem.ts'
import type { Method, Operation } from './operation.ts'
import type { Key, Segment } from './path.ts'

interface Node {
  /** As the table spells it. */
  readonly name: string
  readonly literals: Map<string, Node>
  key: Node | null
  readonly operations: Map<Method, Operation>
}

export interface Route {
  readonly operation: Operation
  readonly keys: readonly Key[]
  /** The address in the table's spelling. */
  readonly path: string
}

const newNode = (name: string): Node => ({ name, literals: new Map(), key: null, operations: new Map() })

export function createRouter(operations: readonly Operation[]): (method: string, path: readonly Segment[]) => Route {
  const root = newNode('')
  for (const operation of operations) {
    let node = root
    for (const part of operation.template.split('/').slice(1)) node = childFor(node, part)
    if (node.operations.has(operation.method))
      throw new Error(`Two operations answer ${operation.method} ${operation.template}.`)
    node.operations.set(operation.method, operation)
  }

  return (method, path) => {
    const found = walk(root, path)
    const operation = found.node.operations.get(method as Method)
    if (operation !== undefined) return { operation, keys: found.keys, path: found.path }
    const methods = [...found.node.operations.keys()]
    if (methods.length === 0)
      throw badAddress(`Resource not found for the segment '${path.at(-1)?.text.slice(0, 100) ?? ''}'.`)
    throw new GraphProblem(
      405,
      'Request_BadRequest',
      `Specified HTTP method is not allowed for the request target: ${method.slice(0, 20)} on ${found.path}. It takes ${methods.join(', ')}.`,
      { headers: { allow: methods.join(', ') } },
    )
  }
}

function childFor(node: Node, part: string): Node {
  if (part === '{id}') return (node.key ??= newNode('{id}'))
  const key = part.toLowerCase()
  const known = node.literals.get(key)
  if (known !== undefined) return known
  const child = newNode(part)
  node.literals.set(key, child)
  return child
}

function walk(
  root: Node,
  path: readonly Segment[],
): { readonly node: Node; readonly keys: readonly Key[]; readonly path: string } {
  let node = root
  const keys: Key[] = []
  const names: string[] = []
  for (const segment of path) {
    const literal = segment.isKey ? undefined : node.literals.get(segment.text.toLowerCase())
    const next = literal ?? node.key
    if (next === null) throw badAddress(`Resource not found for the segment '${segment.text.slice(0, 100)}'.`)
    if (literal === undefined) keys.push(segment.key)
    names.push(literal === undefined ? encodeURIComponent(segment.text) : next.name)
    node = next
  }
  return { node, keys, path: `/${names.join('/')}` }
}
