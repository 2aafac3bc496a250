/*
 * The whole Slack template with a scoping filter over generated people: people per second on one core, and the share of
 * that which the same work has when it is written by hand. No figure is given when the two disagree on anybody.
 */
import { isDeepStrictEqual } from 'node:util'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import {
  compileSchema,
  mapAttributes,
  scopeObject,
  slackSchema,
  type CompiledObjectMapping,
} from '../../src/provisioning/index.ts'
import type { SourceObject } from '../../src/vocabulary/index.ts'
import { generateCompany } from '../seed/index.ts'
import type { BenchFigure } from './figure.ts'
import { median } from './median.ts'
import { benchFilter, evaluateByHand, type EvaluatedPerson } from './slack-template-by-hand.ts'

export const name = 'template-evaluation'

const people = 10_000
const rounds = 9
/** People of one measurement: the processor's clock is coarse. */
const passes = 10
const goalPeoplePerSecond = 100_000
const goalShare = 0.5
const companies = 10
/** What the heap may be larger after ten companies than after one: the compiler's own notes, not the people. */
const goalGrowthBytes = 1_000_000

function userMapping(): CompiledObjectMapping {
  const schema = slackSchema({ id: 'Slack.bench', version: '1', provisionGroups: true })
  const compiled = compileSchema({
    ...schema,
    synchronizationRules: schema.synchronizationRules.map((rule) => ({
      ...rule,
      objectMappings: rule.objectMappings.map((each) =>
        each.sourceObjectName === 'User' ? { ...each, scope: benchFilter } : each,
      ),
    })),
  })
  const mapping = compiled.objectMappings.get('User')
  if (mapping === undefined) throw new Error('The Slack template maps no users.')
  return mapping
}

function peopleOf(seed: number): readonly SourceObject[] {
  return generateCompany({ users: people, groups: 0, seed }).users.map(({ objectId, attributes }) => ({
    objectType: 'User',
    anchor: objectId,
    presence: 'present',
    attributes,
    assignments: [],
  }))
}

/** What a cycle asks of the pure rooms about one person, from the object as it was read to the values to compare. */
function evaluateWith(mapping: CompiledObjectMapping): (person: SourceObject) => EvaluatedPerson {
  const settings = { syncAll: true, defaultAccessIsEntitled: true }
  const context = { now: 0 }
  return (person) => {
    const scoped = scopeObject(person, mapping, settings)
    if (scoped.kind !== 'decided') throw new Error(scoped.message)
    const { inScope } = scoped.decision
    const attributes = { ...person.attributes, objectId: person.anchor, IsSoftDeleted: !inScope }
    const mapped = mapAttributes({ mapping, attributes, context, phase: 'create', known: {} })
    return { inScope, attributes: mapped.attributes }
  }
}

type Evaluate = (person: SourceObject) => EvaluatedPerson

/** Seconds of the processor, the collector's included. */
function secondsOf(evaluate: Evaluate, company: readonly SourceObject[]): number {
  const begun = process.cpuUsage()
  let inScope = 0
  for (let pass = 0; pass < passes; pass += 1) for (const person of company) if (evaluate(person).inScope) inScope += 1
  const { user, system } = process.cpuUsage(begun)
  if (inScope === 0) throw new Error('Nobody is in scope, so the bench measures the wrong thing.')
  return (user + system) / 1e6
}

/** Bytes of the heap that are in use when nothing is left to collect. */
function heapInUse(): number {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  for (let time = 0; time < 3; time += 1) collect()
  return process.memoryUsage().heapUsed
}

/** Other people in every company, none of whom is kept. */
function growthOf(evaluate: Evaluate): number {
  let afterOne = Number.NaN
  for (let company = 1; company <= companies; company += 1) {
    for (const person of peopleOf(company)) evaluate(person)
    if (company === 1) afterOne = heapInUse()
  }
  return heapInUse() - afterOne
}

export function run(): Promise<readonly BenchFigure[]> {
  const company = peopleOf(7)
  const evaluate = evaluateWith(userMapping())
  for (const person of company) {
    const expected = evaluateByHand(person)
    const found = evaluate(person)
    if (!isDeepStrictEqual(found, expected)) {
      throw new Error(
        `The two sides disagree, so nothing was measured: ${JSON.stringify(found)} is not ${JSON.stringify(expected)}.`,
      )
    }
  }
  const seconds: number[] = []
  const shares: number[] = []
  for (let round = 0; round <= rounds; round += 1) {
    const byHand = secondsOf(evaluateByHand, company)
    const byEngine = secondsOf(evaluate, company)
    // The first round only makes both sides warm.
    if (round === 0) continue
    seconds.push(byEngine)
    shares.push(byHand / byEngine)
  }
  const peoplePerSecond = (people * passes) / median(seconds)
  const share = median(shares)
  const growth = growthOf(evaluate)
  return Promise.resolve([
    {
      name: 'template and scope, one core',
      value: Math.round(peoplePerSecond),
      unit: 'people/s',
      goal: `at least ${goalPeoplePerSecond.toLocaleString('en-US')}`,
      met: peoplePerSecond >= goalPeoplePerSecond,
    },
    {
      name: 'template and scope, share of the same work by hand',
      value: Number(share.toFixed(2)),
      unit: 'ratio',
      goal: `at least ${String(goalShare)}`,
      met: share >= goalShare,
    },
    {
      name: 'template and scope, heap after 100,000 people against 10,000',
      value: Math.round(growth / 1024),
      unit: 'KiB',
      goal: `at most ${String(Math.round(goalGrowthBytes / 1024))}`,
      met: growth <= goalGrowthBytes,
    },
  ])
}
