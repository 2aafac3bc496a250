/*
 * A company that does not exist: people of many languages in departments under one chief, and groups of all sizes. The
 * same numbers and seed give the same company, so that benches and tests can be repeated.
 */
import type { SourceAttributes } from '../../src/vocabulary/index.ts'
import { makeGroups } from './company-groups.ts'
import type { Company, CompanyOptions, CompanyUser } from './company-objects.ts'
import { createPeopleMaker } from './people.ts'
import { createRandom, type Random } from './random.ts'
import { chiefTitle, departments, type Department } from './work.ts'

/** How many people report to one person. */
const spanOfControl = 7

export function generateCompany({ users, groups, seed }: CompanyOptions): Company {
  const random = createRandom(seed)
  const people = createPeopleMaker(random, new Set())
  const employeesOf = new Map<Department, CompanyUser[]>(departments.map((department) => [department, []]))
  const weighted = departments.flatMap((department) => Array.from({ length: department.weight }, () => department))
  const made: CompanyUser[] = []
  for (let index = 0; index < users; index += 1) {
    const [chief] = made
    if (chief === undefined)
      made.push(employee({ ...people.makeEmployee(index), accountEnabled: true }, undefined, chiefTitle, null))
    else if (index > departments.length && random.chance(0.02)) made.push(guest(people.makeGuest()))
    else {
      const department = departments[index - 1] ?? random.pick(weighted)
      const colleagues = employeesOf.get(department) ?? []
      const place = placeIn(department, colleagues, chief, random)
      const person = employee(people.makeEmployee(index), department, place.title, place.manager)
      colleagues.push(person)
      made.push(person)
    }
  }
  return { users: made, groups: makeGroups(made, groups, random) }
}

/** A department is a tree: its head reports to the chief, everybody else to somebody who came before. */
export function placeIn(
  department: Department,
  colleagues: readonly CompanyUser[],
  chief: CompanyUser,
  random: Random,
): { readonly title: string; readonly manager: string } {
  if (colleagues.length === 0) return { title: department.head, manager: chief.objectId }
  const manager = colleagues[Math.floor((colleagues.length - 1) / spanOfControl)] ?? chief
  return { title: random.pick(department.titles), manager: manager.objectId }
}

export function employee(
  attributes: SourceAttributes,
  department: Department | undefined,
  jobTitle: string,
  manager: string | null,
): CompanyUser {
  return {
    objectId: String(attributes['objectId']),
    manager,
    attributes: {
      ...attributes,
      jobTitle,
      department: department?.name ?? 'Executive Office',
      'employeeOrgData.costCenter': department?.costCenter ?? '1000',
      'employeeOrgData.division': department?.division ?? 'Corporate',
      manager,
    },
  }
}

function guest(attributes: SourceAttributes): CompanyUser {
  return { objectId: String(attributes['objectId']), manager: null, attributes: { ...attributes, manager: null } }
}
