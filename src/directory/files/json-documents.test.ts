import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { createJsonDocumentReader, isCutOff } from './json-documents.ts'

interface Heard {
  /** Every document: a list with its elements, or what stands alone; each with the line it begins on. */
  readonly documents: unknown[]
  readonly lines: number[]
  readonly fault: string | null
}

class Fault extends Error {}

function hear(pieces: readonly string[]): Heard {
  const documents: unknown[] = []
  const lines: number[] = []
  let elements: unknown[] = []
  const reader = createJsonDocumentReader({
    opens: (head) => {
      if (head !== null) JSON.parse(head)
      elements = []
    },
    element: (text, line) => {
      elements.push(JSON.parse(text))
      lines.push(line)
    },
    closes: (envelope) => {
      documents.push(envelope === null ? elements : { ...(JSON.parse(envelope) as object), value: elements })
    },
    single: (text, line) => {
      documents.push(JSON.parse(text))
      lines.push(line)
    },
    cutOff: (line) => {
      throw new Fault(`cut off: ${String(line)}`)
    },
    malformed: (line, found) => {
      throw new Fault(`malformed: ${String(line)} ${found.slice(0, 5)}`)
    },
  })
  try {
    for (const piece of pieces) reader.feed(piece)
    reader.end()
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    return { documents, lines, fault: error.message }
  }
  return { documents, lines, fault: null }
}

const cut = (text: string, size: number): readonly string[] =>
  Array.from({ length: Math.ceil(text.length / size) }, (_, index) => text.slice(index * size, (index + 1) * size))

const anObject = fc.dictionary(
  fc.string({ maxLength: 4 }).filter((name) => name !== 'value'),
  fc.jsonValue(),
  {
    maxKeys: 3,
  },
)
const aDocument = fc.oneof(
  anObject,
  fc.array(anObject, { maxLength: 4 }),
  fc.record({ '@odata.context': fc.string(), value: fc.array(fc.jsonValue(), { maxLength: 4 }), next: fc.jsonValue() }),
)

describe('documents of JSON, piece by piece', () => {
  test('property: what the platform writes is read, however it is printed and wherever it is cut', () => {
    fc.assert(
      fc.property(
        fc.array(aDocument, { minLength: 1, maxLength: 4 }),
        fc.constantFrom(0, 1, 4),
        fc.constantFrom('', '\n', ' \r\n\t'),
        fc.integer({ min: 1, max: 40 }),
        (documents, indent, between, size) => {
          const text = documents.map((each) => JSON.stringify(each, undefined, indent)).join(between)
          const heard = hear(cut(text, size))
          expect(heard.fault).toBeNull()
          expect(heard.documents).toEqual(JSON.parse(JSON.stringify(documents)))
        },
      ),
    )
  })

  test('property: a document that was cut anywhere is cut off, and never whole', () => {
    fc.assert(
      fc.property(aDocument, fc.nat(), fc.integer({ min: 1, max: 40 }), (document, at, size) => {
        const text = JSON.stringify(document, undefined, 1)
        const heard = hear(cut(text.slice(0, 1 + (at % (text.length - 1))), size))
        expect(heard.fault).toBe('cut off: 1')
        expect(heard.documents).toEqual([])
      }),
    )
  })

  test('each element has the line it begins on', () => {
    expect(hear(['\n{"a": 1,\n"value": [\n{}', ',\n\n{"b":\n2}]}\n[\n3]']).lines).toEqual([4, 6, 9])
  })

  test.each([
    ['a missing comma', '[{} {}]', 'malformed: 1 {}]'],
    ['a comma too many', '[{},\n]', 'malformed: 2 ]'],
    ['a comma at the end of an object', '{"a": 1,\n}', 'malformed: 2 }'],
    ['a missing colon', '{"a" 1}', 'malformed: 1 1}'],
    ['brackets that do not fit', '[{"id": 1]}', 'malformed: 1 ]}'],
    ['a bracket that closes nothing', '{}\n}', 'malformed: 2 }'],
  ])('%s is malformed', (_, text, fault) => {
    expect(hear([text]).fault).toBe(fault)
    expect(hear(cut(text, 1)).fault?.slice(0, 12)).toBe(fault.slice(0, 12))
  })

  test('a line that ends inside its value is cut off, one that is wrong is not', () => {
    expect(['{"a": [1', ' "ab', '{"a": "}'].map(isCutOff)).toEqual([true, true, true])
    expect(['{"id": oops}', '{"a": 1]', 'oops', '}', ''].map(isCutOff)).toEqual([false, false, false, false, false])
  })
})
