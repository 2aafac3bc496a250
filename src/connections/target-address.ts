/*
 * Where a service principal's target is, from what people write into BaseAddress (Entra's "Tenant URL"): the address alone,
 * or with the path and version of SCIM, a slash at the end, or Microsoft's compliance flag (spec 15.5).
 */

export type TargetAddress =
  | { readonly kind: 'slack'; readonly baseUrl: string; readonly dialect: 'slack-v1' | 'slack-v2' }
  | { readonly kind: 'scim2'; readonly baseUrl: string }

/** Slack's own templates; every other one speaks SCIM 2.0. */
const isSlackTemplate = (templateId: string): boolean => /^slack/i.test(templateId)

export const kindOfTemplate = (templateId: string): TargetAddress['kind'] =>
  isSlackTemplate(templateId) ? 'slack' : 'scim2'

/** Flags Microsoft's client reads there; ours behaves as they ask anyway. */
const knownFlags = /^aadOptscim\d+$/i

/** `refusal` is a sentence; the address is not repeated where it may hold a password. */
export type AddressReading =
  { readonly address: TargetAddress; readonly refusal: null } | { readonly address: null; readonly refusal: string }

const example = (kind: TargetAddress['kind']): string =>
  kind === 'slack' ? 'https://api.slack.com' : 'https://app.example.com/scim/v2'

export function readTargetAddress(
  text: string,
  templateId: string,
  usualDialect: 'slack-v1' | 'slack-v2',
): AddressReading {
  const kind = kindOfTemplate(templateId)
  const url = URL.canParse(text.trim()) ? new URL(text.trim()) : null
  if (url === null || !['http:', 'https:'].includes(url.protocol))
    return {
      address: null,
      refusal: `The BaseAddress is no address of the web, so nothing can be sent there; write it as ${example(kind)}.`,
    }
  if (url.username !== '' || url.password !== '')
    return {
      address: null,
      refusal: `The BaseAddress holds a user name or password, which would show in logs; write it without, and put the token into SecretToken.`,
    }
  const flags = [...url.searchParams.keys()]
  if (url.hash !== '' || flags.some((flag) => !knownFlags.test(flag)))
    return {
      address: null,
      refusal: `The BaseAddress has more behind its path than a SCIM service is asked with; write it as ${example(kind)}.`,
    }
  const path = url.pathname.replace(/\/+$/, '')
  if (kind === 'scim2') return { address: { kind, baseUrl: url.origin + path }, refusal: null }
  const [, before = '', version] = /^(.*?)(?:\/scim(?:\/v([12]))?)?$/i.exec(path) ?? []
  const dialect = version === undefined ? usualDialect : version === '2' ? 'slack-v2' : 'slack-v1'
  return { address: { kind, baseUrl: url.origin + before, dialect }, refusal: null }
}
