/* Whoever can have a role, by id and by what people call them: accounts, people of the directory, programs. */
import type { DirectoryApplication, DirectoryObject, Store } from '../../store/store.ts'
import type { Account, AccessPrincipal } from '../../vocabulary/index.ts'
import { ApiProblem } from '../problems.ts'

export interface PrincipalNames {
  byIds(ids: readonly string[]): Promise<ReadonlyMap<string, AccessPrincipal>>
  /** By id, userPrincipalName, app id or display name; several or none is a problem. */
  named(text: string): Promise<AccessPrincipal>
  /** The id of the enterprise application of that id or name. */
  applicationNamed(text: string): Promise<string>
}

const textOf = (value: unknown, otherwise: string): string => (typeof value === 'string' ? value : otherwise)

const ofAccount = ({ objectId, displayName, userPrincipalName }: Account): AccessPrincipal => ({
  id: objectId,
  kind: 'account',
  displayName,
  userPrincipalName,
})

const ofPerson = ({ objectId, attributes }: DirectoryObject): AccessPrincipal => ({
  id: objectId,
  kind: 'person',
  displayName: textOf(attributes['displayName'], objectId),
  userPrincipalName: textOf(attributes['userPrincipalName'], '') || null,
})

const ofApplication = ({ objectId, properties }: DirectoryApplication): AccessPrincipal => ({
  id: objectId,
  kind: 'application',
  displayName: textOf(properties['displayName'], objectId),
  userPrincipalName: null,
})

const isPresent = ({ presence }: { readonly presence: string }): boolean => presence === 'present'

export function createPrincipalNames({ directory, accounts }: Store): PrincipalNames {
  async function byId(id: string): Promise<AccessPrincipal> {
    const account = await accounts.get(id)
    if (account !== null) return ofAccount(account)
    const [person] = (await directory.objects([id])).filter(isPresent)
    if (person !== undefined) return ofPerson(person)
    const [application] = (await directory.applications([id])).filter(isPresent)
    return application === undefined
      ? { id, kind: 'gone', displayName: id, userPrincipalName: null }
      : ofApplication(application)
  }

  async function principals(): Promise<readonly DirectoryApplication[]> {
    return await directory.listApplications({
      objectType: 'ServicePrincipal',
      presence: 'present',
      after: null,
      limit: 1000,
    })
  }

  const isCalled =
    (text: string) =>
    ({ objectId, appId, properties }: DirectoryApplication): boolean =>
      [objectId, appId, textOf(properties['displayName'], '')].some((each) => each.toLowerCase() === text.toLowerCase())

  function only<T>(found: readonly T[], text: string, what: string): T {
    const [one, ...others] = found
    if (one !== undefined && others.length === 0) return one
    throw new ApiProblem(
      404,
      one === undefined ? 'itemNotFound' : 'nameNotUnique',
      one === undefined
        ? `There is no ${what} "${text}".`
        : `${String(found.length)} are called "${text}": name the id instead.`,
    )
  }

  return {
    async byIds(ids) {
      const known = new Map<string, AccessPrincipal>()
      for (const id of new Set(ids)) known.set(id, await byId(id))
      return known
    },
    async named(text) {
      const known = await byId(text)
      if (known.kind !== 'gone') return known
      const account = await accounts.byPrincipalName(text)
      if (account !== null) return ofAccount(account)
      const people = (await directory.lookUp(text)).filter(
        (object) => object.objectType === 'User' && isPresent(object),
      )
      const programs = (await principals()).filter(isCalled(text))
      return only([...people.map(ofPerson), ...programs.map(ofApplication)], text, 'account, person or program')
    },
    async applicationNamed(text) {
      return only((await principals()).filter(isCalled(text)), text, 'enterprise application').objectId
    },
  }
}
