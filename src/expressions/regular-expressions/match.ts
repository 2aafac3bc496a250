/*
 * Finds matches by backtracking, in .NET's order of preference, without a stack of the machine's and without a clock:
 * every step is counted, and too many end the matching. Where a failure depends on nothing but the place in the pattern
 * and the position in the text it is remembered, so that the work grows with the length of the text and no faster
 * (docs/decisions/regular-expressions.md).
 */
import { sameWithoutCase } from './case-equivalence.ts'
import { boundaryWordCharacters, contains } from './character-set.ts'
import type { AssertionKind } from './pattern.ts'
import { op } from './program.ts'
import type { CountedLoop, Program, SetTest } from './program.ts'

/** The steps ran out: the pattern is too costly for this text. */
export class StepsExceeded extends Error {
  override readonly name = 'StepsExceeded'
}

/** Steps one call may take; well within 250 ms on an ordinary machine (expressions.md section 7). */
export const stepsMax = 1_500_000

/** More bits than this are not spent on remembering failures. */
const memoryBitsMax = 2 ** 28

/** One text being searched: slots of the groups, the stack of ways not tried yet, failures remembered, steps left. */
export interface Matching {
  readonly program: Program
  readonly text: string
  readonly slots: Int32Array
  stack: Int32Array
  top: number
  readonly failures: Uint32Array | null
  stepsLeft: number
}

export function beginMatching(program: Program, text: string, stepsLeft = stepsMax): Matching {
  const bits = program.remembered * (text.length + 1)
  return {
    program,
    text,
    slots: new Int32Array(program.slotCount),
    stack: new Int32Array(64),
    top: 0,
    failures: bits > 0 && bits <= memoryBitsMax ? new Uint32Array((bits >>> 5) + 1) : null,
    stepsLeft,
  }
}

/** The first match at or behind `from`: its start, its end being `end` of the result; null when there is none. */
export function findNext(matching: Matching, from: number): { readonly start: number; readonly end: number } | null {
  const { program, text, slots } = matching
  const lastStart = program.isAnchored ? 0 : text.length
  for (let start = from; start <= lastStart; start++) {
    if (program.first !== null) {
      start = skipTo(program.first, text, start)
      if (start > lastStart) return null
    }
    slots.fill(-1)
    matching.top = 0
    const end = run(matching, 0, start)
    if (end >= 0) {
      forgetAt(matching, end)
      return { start, end }
    }
  }
  return null
}

/** The next position whose character can begin a match; behind the end of the text when there is none. */
function skipTo(first: SetTest, text: string, from: number): number {
  let at = from
  while (at < text.length && !isIn(first, text.charCodeAt(at))) at++
  return at < text.length ? at : text.length + 1
}

/**
 * What was visited on the way to a match did not fail. All of it that a later search can meet stands at the match's end.
 */
function forgetAt({ failures, program, text }: Matching, position: number): void {
  if (failures === null) return
  for (let split = 0; split < program.remembered; split++) {
    const bit = split * (text.length + 1) + position
    failures[bit >>> 5] = (failures[bit >>> 5] ?? 0) & ~(1 << (bit & 31))
  }
}

function isIn({ low, ranges }: SetTest, unit: number): boolean {
  return unit < 256 ? low[unit] === 1 : contains(ranges, unit)
}

/** Runs from an instruction to `match`: the position there, or -1. Ways not tried are left on the stack. */
function run(matching: Matching, startPc: number, startPosition: number): number {
  const { program, text, slots, failures } = matching
  const { ops, a, b, memory, sets } = program
  const base = matching.top
  let pc = startPc
  let position = startPosition
  for (;;) {
    if (--matching.stepsLeft < 0) throw new StepsExceeded('The pattern takes too many steps on this text.')
    const first = a[pc] ?? 0
    let goesOn = true
    switch (ops[pc]) {
      case op.match:
        return position
      case op.set: {
        const set = sets[first]
        goesOn = position < text.length && set !== undefined && isIn(set, text.charCodeAt(position))
        position++
        pc++
        break
      }
      case op.setBackward: {
        const set = sets[first]
        position--
        goesOn = position >= 0 && set !== undefined && isIn(set, text.charCodeAt(position))
        pc++
        break
      }
      case op.split: {
        const remembered = memory[pc] ?? -1
        if (failures !== null && remembered >= 0) {
          const bit = remembered * (text.length + 1) + position
          const mask = 1 << (bit & 31)
          const word = failures[bit >>> 5] ?? 0
          goesOn = (word & mask) === 0
          failures[bit >>> 5] = word | mask
        }
        if (goesOn) {
          push(matching, b[pc] ?? 0, position)
          pc = first
        }
        break
      }
      case op.jump:
        pc = first
        break
      case op.save:
      case op.zero:
        setSlot(matching, first, ops[pc] === op.zero ? 0 : position)
        pc++
        break
      case op.capture:
        capture(matching, first, slots[first + 2] ?? 0, position)
        pc++
        break
      case op.captureBackward:
        capture(matching, first, position, slots[first + 2] ?? 0)
        pc++
        break
      case op.assertion:
        goesOn = holds(program.assertions[first], text, position)
        pc++
        break
      case op.reference:
      case op.referenceBackward: {
        const length = repeated(matching, first, position, ops[pc] === op.referenceBackward, b[pc] === 1)
        goesOn = length >= 0
        position += ops[pc] === op.referenceBackward ? -length : length
        pc++
        break
      }
      case op.look:
        goesOn = look(matching, pc + 1, position, b[pc] === 1)
        pc = first
        break
      case op.atomic: {
        const end = runOnce(matching, pc + 1, position)
        goesOn = end >= 0
        position = end
        pc = first
        break
      }
      case op.leaveIfEmpty:
        pc = slots[first] === position ? (b[pc] ?? 0) : pc + 1
        break
      case op.count:
        pc = nextRound(matching, loopAt(program, first), pc, position)
        break
      case op.increment: {
        const { slot } = loopAt(program, first)
        setSlot(matching, slot, (slots[slot] ?? 0) + 1)
        pc++
        break
      }
      case op.leaveCounted: {
        const { slot, min } = loopAt(program, first)
        pc = slots[slot + 1] === position && (slots[slot] ?? 0) >= min ? (b[pc] ?? 0) : pc + 1
        break
      }
      default:
        throw new Error(`There is no instruction ${String(ops[pc])}.`)
    }
    if (goesOn) continue
    // The last way not tried yet, slots being put back on the way to it.
    for (;;) {
      if (matching.top === base) return -1
      matching.top -= 2
      const target = matching.stack[matching.top] ?? 0
      const value = matching.stack[matching.top + 1] ?? 0
      if (target >= 0) {
        pc = target
        position = value
        break
      }
      slots[~target] = value
    }
  }
}

/** A way not tried yet (instruction and position), or a slot to put back (its complement and the value). */
function push(matching: Matching, target: number, value: number): void {
  const { top } = matching
  if (top + 2 > matching.stack.length) {
    const larger = new Int32Array(matching.stack.length * 2)
    larger.set(matching.stack)
    matching.stack = larger
  }
  matching.stack[top] = target
  matching.stack[top + 1] = value
  matching.top = top + 2
}

function setSlot(matching: Matching, slot: number, value: number): void {
  push(matching, ~slot, matching.slots[slot] ?? -1)
  matching.slots[slot] = value
}

function capture(matching: Matching, slot: number, start: number, end: number): void {
  setSlot(matching, slot, start)
  setSlot(matching, slot + 1, end)
}

/** A match from here on, after which there is no other way: slots stay as they were set. */
function runOnce(matching: Matching, pc: number, position: number): number {
  const base = matching.top
  const end = run(matching, pc, position)
  if (end < 0) return end
  let kept = base
  for (let at = base; at < matching.top; at += 2) {
    if ((matching.stack[at] ?? 0) >= 0) continue
    matching.stack[kept] = matching.stack[at] ?? 0
    matching.stack[kept + 1] = matching.stack[at + 1] ?? 0
    kept += 2
  }
  matching.top = kept
  return end
}

function look(matching: Matching, pc: number, position: number, isNegative: boolean): boolean {
  if (!isNegative) return runOnce(matching, pc, position) >= 0
  const base = matching.top
  const isFound = run(matching, pc, position) >= 0
  while (matching.top > base) {
    matching.top -= 2
    const target = matching.stack[matching.top] ?? 0
    if (target < 0) matching.slots[~target] = matching.stack[matching.top + 1] ?? 0
  }
  return !isFound
}

function loopAt({ loops }: Program, index: number): CountedLoop {
  const loop = loops[index]
  if (loop === undefined) throw new Error(`There is no counted loop ${index}.`)
  return loop
}

/** Where a counted loop goes on; what it does not prefer is left for later. */
function nextRound(matching: Matching, loop: CountedLoop, pc: number, position: number): number {
  const done = matching.slots[loop.slot] ?? 0
  const out = matching.program.b[pc] ?? 0
  if (done < loop.min) return pc + 1
  if (done >= loop.max) return out
  push(matching, loop.isGreedy ? out : pc + 1, position)
  return loop.isGreedy ? pc + 1 : out
}

/** How long the text of a group is that stands here again; -1 when it does not, or the group took no part. */
function repeated(matching: Matching, slot: number, position: number, backward: boolean, ignoresCase: boolean): number {
  const { text, slots } = matching
  const start = slots[slot] ?? -1
  const length = (slots[slot + 1] ?? -1) - start
  if (start < 0 || length < 0) return -1
  const from = backward ? position - length : position
  if (from < 0 || from + length > text.length) return -1
  matching.stepsLeft -= length
  for (let offset = 0; offset < length; offset++) {
    const wanted = text.charCodeAt(start + offset)
    const found = text.charCodeAt(from + offset)
    if (ignoresCase ? !sameWithoutCase(wanted, found) : wanted !== found) return -1
  }
  return length
}

const lineFeed = 0x0a

function holds(kind: AssertionKind | undefined, text: string, position: number): boolean {
  switch (kind) {
    case 'textStart':
      return position === 0
    case 'lineStart':
      return position === 0 || text.charCodeAt(position - 1) === lineFeed
    case 'textEnd':
      return position === text.length
    case 'finalLineEnd':
      return position === text.length || (position === text.length - 1 && text.charCodeAt(position) === lineFeed)
    case 'lineEnd':
      return position === text.length || text.charCodeAt(position) === lineFeed
    case 'wordBoundary':
      return isWordAt(text, position - 1) !== isWordAt(text, position)
    case 'noWordBoundary':
      return isWordAt(text, position - 1) === isWordAt(text, position)
    case undefined:
      throw new Error('The assertion is unknown.')
  }
}

function isWordAt(text: string, at: number): boolean {
  if (at < 0 || at >= text.length) return false
  const unit = text.charCodeAt(at)
  if (unit < 0x80) {
    return (
      (unit >= 0x61 && unit <= 0x7a) ||
      (unit >= 0x41 && unit <= 0x5a) ||
      (unit >= 0x30 && unit <= 0x39) ||
      unit === 0x5f
    )
  }
  return contains(boundaryWordCharacters(), unit)
}
