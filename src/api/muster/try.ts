/* Trying an expression on people of the directory, or on attributes that come with the request. Nothing is stored or sent. */
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { FactsBook } from '../../cycle/index.ts'
import {
  chooseSubjects,
  compileSchema,
  mappingInput,
  readAttributes,
  scopeObject,
  sidesOf,
  targetAttributeNamed,
  tryExpression,
  type TrySubject,
} from '../../provisioning/index.ts'
import type { AttributeDefinition, ExpressionTry, SourceObject, SynchronizationJob } from '../../vocabulary/index.ts'
import type { SchemaSides } from '../../provisioning/index.ts'
import { jobNamed, parse } from '../parameters.ts'
import type { ApiPorts } from '../ports.ts'
import { ApiProblem } from '../problems.ts'
import { directoryEntry, objectNamed } from './directory-entries.ts'

const request = z.object({
  expression: z.string(),
  /** A target attribute: the result is converted for it and judged by the target's rules. */
  target: z.string().min(1).optional(),
  objectType: z.enum(['User', 'Group']).default('User'),
  people: z.array(z.string().min(1)).max(20).default([]),
  attributes: z.unknown().optional(),
})

/** Looked through for somebody to try an expression on. */
const candidatesRead = 500
/** Tried on when nobody was named. */
const subjectsMax = 3

export function targetOrRefuse(sides: SchemaSides, name: string): AttributeDefinition {
  const named = targetAttributeNamed(sides, name)
  if (named.kind === 'found') return named.attribute
  throw new ApiProblem(400, 'badRequest', named.message)
}

export function tryRoutes(app: FastifyInstance, ports: ApiPorts, facts: FactsBook): void {
  const { store, clock } = ports.cycle

  function subjectOf(job: SynchronizationJob, source: SourceObject, chosenBecause: string | null): TrySubject {
    const mapping = compileSchema(job.schema).objectMappings.get(source.objectType)
    const scoped = mapping === undefined ? null : scopeObject(source, mapping, job.settings)
    const decision = scoped?.kind === 'decided' ? scoped.decision : null
    const { anchor, objectType, presence, attributes } = source
    return {
      person: directoryEntry({ objectId: anchor, objectType, presence, attributes }),
      chosenBecause,
      ...mappingInput(source, decision?.paths ?? source.assignments, decision?.inScope ?? false, clock.now()),
    }
  }

  async function someSubjects(
    job: SynchronizationJob,
    objectType: SourceObject['objectType'],
    expression: string,
  ): Promise<readonly TrySubject[]> {
    const { objects } = await store.directory.search({ text: '', objectType, limit: candidatesRead, offset: 0 })
    const ids = objects.filter((each) => each.presence === 'present').map((each) => each.objectId)
    const candidates = await ports.sourceOf(job).readObjects(objectType, ids)
    return chooseSubjects(expression, candidates, subjectsMax).map(({ object, because }) =>
      subjectOf(job, object, because),
    )
  }

  async function namedSubjects(
    job: SynchronizationJob,
    objectType: SourceObject['objectType'],
    names: readonly string[],
  ): Promise<readonly TrySubject[]> {
    const subjects: TrySubject[] = []
    for (const name of names) {
      const { objectId } = await objectNamed(store.directory, name, objectType)
      const source = await ports.sourceOf(job).readObject(objectType, objectId)
      if (source === null)
        throw new ApiProblem(404, 'itemNotFound', `"${name}" was deleted for good, so nothing is left to try with.`)
      subjects.push(subjectOf(job, source, null))
    }
    return subjects
  }

  function givenSubject(attributes: unknown): TrySubject {
    const read = readAttributes(attributes)
    if (read.kind === 'failed') throw new ApiProblem(400, 'badRequest', read.message)
    return { person: null, chosenBecause: null, attributes: read.attributes, context: { now: clock.now() } }
  }

  app.post<{ Params: { job: string } }>('/jobs/:job/expressions/try', async (received): Promise<ExpressionTry> => {
    const job = await jobNamed(ports, received.params.job)
    const { expression, target, objectType, people, attributes } = parse(request, received.body)
    const sides = sidesOf(job.schema, objectType)
    const definition = target === undefined ? null : targetOrRefuse(sides, target)
    const subjects =
      attributes !== undefined
        ? [givenSubject(attributes)]
        : people.length > 0
          ? await namedSubjects(job, objectType, people)
          : await someSubjects(job, objectType, expression)
    return tryExpression({
      expression,
      sides,
      target: definition,
      subjects,
      syncAll: job.settings.syncAll,
      facts: (await facts.ofSource(job, ports.sourceOf(job)))[objectType],
    })
  })
}
