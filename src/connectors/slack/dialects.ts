/*
 * The two versions of Slack's SCIM API as dialects (slack.md 2.6 and section 11). v1 is what Microsoft's gallery app speaks
 * and therefore the default.
 */
import type { ScimDialect } from '../scim/index.ts'
import { textOf } from '../scim/index.ts'
import { neverCompared, workEmail } from './attributes.ts'
import { createBody } from './create-body.ts'
import { filterRefusals, memberRefusals, slackErrorNames } from './error-names.ts'
import { slackRateLimits } from './rate-limits.ts'
import { emailsOf, readSlackResource } from './read-resource.ts'
import { storedAttributes } from './stored-values.ts'
import { disableV1, membersV1, updateV1 } from './update-v1.ts'
import { disableV2, membersV2, updateV2 } from './update-v2.ts'
import type { WireNames } from './wire-names.ts'
import { v1Names, v2Names } from './wire-names.ts'

export const slackV1: ScimDialect = {
  ...slackDialect(v1Names, 'email'),
  name: 'slack-v1',
  basePath: '/scim/v1',
  updateBody: updateV1,
  membersBody: membersV1,
  disableBody: disableV1,
}

export const slackV2: ScimDialect = {
  ...slackDialect(v2Names, 'emails'),
  name: 'slack-v2',
  basePath: '/scim/v2',
  updateBody: updateV2,
  membersBody: membersV2,
  disableBody: disableV2,
}

type VersionOwn = 'name' | 'basePath' | 'updateBody' | 'membersBody' | 'disableBody'

/** What is the same in both; `emailFilter` is what a filter calls the e-mail address (slack.md 2.3). */
function slackDialect(names: WireNames, emailFilter: string): Omit<ScimDialect, VersionOwn> {
  const filterNames = {
    User: new Map([
      ['userName', 'userName'],
      [workEmail, emailFilter],
    ]),
    Group: new Map([['displayName', 'displayName']]),
  } as const
  return {
    targetName: 'Slack',
    contentType: 'application/json',
    capabilities: {
      list: true,
      filterable: { User: [...filterNames.User.keys()], Group: [...filterNames.Group.keys()] },
      softDelete: { User: true, Group: false },
      deleteDeactivates: { User: true, Group: false },
      // 15,000 are accepted, 5,000 recommended (slack.md section 4).
      membersPerWriteMax: 5000,
      writeOnly: { User: neverCompared, Group: [] },
      concurrencyMax: 16,
    },
    // Deactivations and group changes show after a second (observed, slack.md 10.1); twice that is safe.
    readsSettleAfterMs: 2000,
    errorNames: slackErrorNames,
    filterRefusals,
    memberRefusals,
    rateLimits: slackRateLimits,
    identity: { User: [workEmail, 'userName'], Group: ['displayName'] },
    filterName: (objectType, attribute) => filterNames[objectType].get(attribute),
    filteredValues: (objectType, resource, attribute) => {
      if (objectType === 'User' && attribute === workEmail) return emailsOf(resource)
      const value = textOf(resource[attribute])
      return value === undefined ? [] : [value]
    },
    readResource: (objectType, resource) => readSlackResource(names.enterprise, objectType, resource),
    createBody: (objectType, attributes) => createBody(names, objectType, attributes),
    asStored: (objectType, attributes) => (objectType === 'User' ? storedAttributes(attributes) : attributes),
  }
}
