/* Slack's SCIM 1.1 dialect, what Microsoft's gallery app speaks and therefore our default (slack.md 2.6 and section 11). */
import type { ScimDialect } from '../scim/index.ts'
import { textOf } from '../scim/index.ts'
import { neverCompared, workEmail } from './attributes.ts'
import { filterRefusals, memberRefusals, slackErrorNames } from './error-names.ts'
import { slackRateLimits } from './rate-limits.ts'
import { emailsOf, readSlackResource } from './read-resource.ts'
import { storedAttributes } from './stored-values.ts'
import { v1CreateBody, v1DisableBody, v1Enterprise, v1MembersBody, v1Placements, v1UpdateBody } from './v1-bodies.ts'

/** What a filter calls the attributes that Slack can be asked for (slack.md 2.3). */
const filterNames: Readonly<Record<string, string | undefined>> = { userName: 'userName', [workEmail]: 'email' }

export const slackV1: ScimDialect = {
  name: 'slack-v1',
  targetName: 'Slack',
  basePath: '/scim/v1',
  contentType: 'application/json',
  capabilities: {
    list: true,
    filterable: { User: ['userName', workEmail], Group: ['displayName'] },
    softDelete: { User: true, Group: false },
    // 15,000 are accepted, 5,000 recommended (slack.md section 4).
    membersPerWriteMax: 5000,
    writeOnly: { User: neverCompared, Group: [] },
    concurrencyMax: 16,
  },
  errorNames: slackErrorNames,
  filterRefusals,
  memberRefusals,
  rateLimits: slackRateLimits,
  identity: { User: [workEmail, 'userName'], Group: ['displayName'] },
  filterName: (objectType, attribute) => {
    if (objectType === 'User') return filterNames[attribute]
    return attribute === 'displayName' ? 'displayName' : undefined
  },
  filteredValues: (objectType, resource, attribute) => {
    if (objectType === 'User' && attribute === workEmail) return emailsOf(resource)
    const value = textOf(resource[attribute])
    return value === undefined ? [] : [value]
  },
  readResource: (objectType, resource) => readSlackResource(v1Enterprise, objectType, resource),
  createBody: v1CreateBody,
  updateBody: v1UpdateBody,
  membersBody: v1MembersBody,
  disableBody: v1DisableBody,
  asStored: (objectType, attributes) =>
    objectType === 'User' ? storedAttributes(v1Placements, attributes) : attributes,
}
