/* The URNs by which the two versions of Slack's API name their schemas (slack.md 2.6). */

export interface WireNames {
  readonly user: string
  readonly group: string
  readonly enterprise: string
}

export const v1Names: WireNames = {
  user: 'urn:scim:schemas:core:1.0',
  group: 'urn:scim:schemas:core:1.0',
  enterprise: 'urn:scim:schemas:extension:enterprise:1.0',
}

export const v2Names: WireNames = {
  user: 'urn:ietf:params:scim:schemas:core:2.0:User',
  group: 'urn:ietf:params:scim:schemas:core:2.0:Group',
  enterprise: 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User',
}
