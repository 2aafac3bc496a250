/* Where a tenant of each cloud answers: tokens at its authority, the directory at its Graph (national clouds by name). */

export const cloudNames = ['global', 'usgov-l4', 'usgov-dod', 'china'] as const

export type CloudName = (typeof cloudNames)[number]

export interface Cloud {
  /** Without a slash at the end. */
  readonly authority: string
  /** Root of Graph, without version and without a slash at the end. */
  readonly graph: string
}

export const clouds: Readonly<Record<CloudName, Cloud>> = {
  global: { authority: 'https://login.microsoftonline.com', graph: 'https://graph.microsoft.com' },
  'usgov-l4': { authority: 'https://login.microsoftonline.us', graph: 'https://graph.microsoft.us' },
  'usgov-dod': { authority: 'https://login.microsoftonline.us', graph: 'https://dod-graph.microsoft.us' },
  china: { authority: 'https://login.chinacloudapi.cn', graph: 'https://microsoftgraph.chinacloudapi.cn' },
}
