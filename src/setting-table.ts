/*
 * Every setting: where it is given, what it may be, and what it is when nobody says. The table in the README is made from
 * here, and so are the flags.
 */
import { resolve } from 'node:path'
import { z } from 'zod'

interface SettingRow {
  readonly environment: string
  readonly flag: string
  readonly fallback: string
  readonly meaning: string
  readonly value: z.ZodType<unknown, string>
  /** Never repeated in a message. */
  readonly isSecret?: true
}

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** `40m` in milliseconds; `undefined` when it is no duration. */
export function parseDuration(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)$/.exec(text.trim())
  const unit = unitMs[match?.[2] ?? '']
  return match?.[1] === undefined || unit === undefined ? undefined : Math.round(Number(match[1]) * unit)
}

const duration = z.string().transform((text, context) => {
  const ms = parseDuration(text)
  if (ms !== undefined && ms >= 1000) return ms
  context.addIssue({ code: 'custom', message: 'must be a duration of at least one second such as 30s, 40m or 2h' })
  return z.NEVER
})

/** `null`: for ever. */
const retention = z.string().transform((text, context) => {
  if (text.trim() === '0') return null
  const ms = parseDuration(text)
  if (ms !== undefined && ms >= 60_000) return ms
  context.addIssue({ code: 'custom', message: 'must be a duration of at least one minute such as 30d, or 0 for ever' })
  return z.NEVER
})

/** Without the slash at its end. */
const httpUrl = z
  .string()
  .refine((text) => text === '' || /^https?:\/\/[^\s/]+/.test(text), 'must be an http or https address')
  // It is shown in many places.
  .refine((text) => !/^[^/]+\/\/[^/]*@/.test(text), 'must not hold a user name or password')
  .transform((text) => text.replace(/\/+$/, ''))

const urlOrNothing = httpUrl.transform((text) => (text === '' ? undefined : text))

const yesOrNo = z
  .string()
  .refine((text) => /^(true|false)$/i.test(text), 'must be true or false')
  .transform((text) => text.toLowerCase() === 'true')

const textOrNothing = z.string().transform((text) => (text === '' ? undefined : text))

const fileOrNothing = z.string().transform((text) => (text === '' ? undefined : resolve(text)))

/** In the order of the README. */
const rows = {
  port: {
    environment: 'MUSTER_PORT',
    flag: '--port',
    fallback: '8470',
    meaning: 'Port of the service; 0 takes a free one.',
    value: z
      .string()
      .refine((text) => /^\d{1,5}$/.test(text) && Number(text) <= 65_535, 'must be a port number from 0 to 65535')
      .transform(Number),
  },
  host: {
    environment: 'MUSTER_HOST',
    flag: '--host',
    fallback: '127.0.0.1',
    meaning: 'Address the service listens on; one that other machines reach (`0.0.0.0`) only with HTTPS.',
    value: z.string().min(1),
  },
  data: {
    environment: 'MUSTER_DATA',
    flag: '--data',
    fallback: './data',
    meaning:
      'Folder of the embedded database, of the certificates of `muster tls init` and of what is kept for this machine.',
    value: z
      .string()
      .min(1)
      .transform((text) => resolve(text)),
  },
  databaseUrl: {
    environment: 'DATABASE_URL',
    flag: '--database-url',
    fallback: '',
    meaning: 'PostgreSQL 15 or newer instead of the embedded database, e.g. `postgresql://muster@db/muster`.',
    value: textOrNothing.refine(
      (text) => text === undefined || /^postgres(ql)?:\/\//.test(text),
      'must begin with postgresql://',
    ),
    isSecret: true,
  },
  source: {
    environment: 'MUSTER_SOURCE',
    flag: '--source',
    fallback: 'directory',
    meaning:
      '`directory`: Muster’s own, filled by import or over HTTP; `entra`: a tenant of Microsoft Entra, which the directory then mirrors (docs/entra.md).',
    value: z.enum(['directory', 'entra']),
  },
  entraTenant: {
    environment: 'MUSTER_ENTRA_TENANT',
    flag: '--entra-tenant',
    fallback: '',
    meaning: 'The tenant, by its id or a domain of its own.',
    value: textOrNothing,
  },
  entraClientId: {
    environment: 'MUSTER_ENTRA_CLIENT_ID',
    flag: '--entra-client-id',
    fallback: '',
    meaning: 'Application (client) id of the app registration that Muster reads the tenant as.',
    value: textOrNothing,
  },
  entraClientSecret: {
    environment: 'MUSTER_ENTRA_CLIENT_SECRET',
    flag: '',
    fallback: '',
    meaning: 'Its client secret. Environment or file only.',
    value: textOrNothing,
    isSecret: true,
  },
  entraCertificate: {
    environment: 'MUSTER_ENTRA_CERTIFICATE',
    flag: '--entra-certificate',
    fallback: '',
    meaning: 'Instead of a secret: a PEM file with a certificate of the app registration and its private RSA key.',
    value: textOrNothing,
  },
  entraApplication: {
    environment: 'MUSTER_ENTRA_APPLICATION',
    flag: '--entra-application',
    fallback: '',
    meaning:
      'The tenant’s enterprise application whose assignments count, by object id, application id or name. Otherwise people are assigned in Muster (`muster assign`).',
    value: textOrNothing,
  },
  entraCloud: {
    environment: 'MUSTER_ENTRA_CLOUD',
    flag: '--entra-cloud',
    fallback: 'global',
    meaning: 'The tenant’s cloud: `global`, `usgov-l4`, `usgov-dod` or `china`.',
    value: z.enum(['global', 'usgov-l4', 'usgov-dod', 'china']),
  },
  entraAuthority: {
    environment: 'MUSTER_ENTRA_AUTHORITY',
    flag: '--entra-authority',
    fallback: '',
    meaning: 'Where tokens are given, if not at the cloud’s own address.',
    value: urlOrNothing,
  },
  entraGraph: {
    environment: 'MUSTER_ENTRA_GRAPH',
    flag: '--entra-graph',
    fallback: '',
    meaning: 'Root of Microsoft Graph, if not the cloud’s own; without `/v1.0`.',
    value: urlOrNothing,
  },
  entraCa: {
    environment: 'MUSTER_ENTRA_CA',
    flag: '--entra-ca',
    fallback: '',
    meaning:
      'PEM file with the authority that signed the certificates of these two, for a proxy or a server of your own.',
    value: textOrNothing,
  },
  entraEvery: {
    environment: 'MUSTER_ENTRA_EVERY',
    flag: '--entra-every',
    fallback: '1m',
    meaning: 'How often the tenant is asked for changes.',
    value: duration,
  },
  slackUrl: {
    environment: 'MUSTER_SLACK_URL',
    flag: '--slack-url',
    fallback: 'https://api.slack.com',
    meaning: 'Where Slack answers: commercial Slack, `https://api.slack-gov.com`, or the simulator.',
    value: httpUrl.refine((text) => text !== '', 'must be an http or https address'),
  },
  slackWebUrl: {
    environment: 'MUSTER_SLACK_WEB_URL',
    flag: '--slack-web-url',
    fallback: '',
    meaning:
      "Where Slack's Web API and consent page answer; otherwise found from the address above (`https://slack.com`, `https://slack-gov.com`, or the same).",
    value: urlOrNothing,
  },
  slackToken: {
    environment: 'MUSTER_SLACK_TOKEN',
    flag: '',
    fallback: '',
    meaning:
      'A user token with scope `admin` (`xoxp-...`). Environment or file only, so that it shows in no process list.',
    value: textOrNothing,
    isSecret: true,
  },
  slackClientId: {
    environment: 'MUSTER_SLACK_CLIENT_ID',
    flag: '--slack-client-id',
    fallback: '',
    meaning: 'Client id of your Slack app, to connect by OAuth (`muster slack connect`).',
    value: textOrNothing,
  },
  slackClientSecret: {
    environment: 'MUSTER_SLACK_CLIENT_SECRET',
    flag: '',
    fallback: '',
    meaning: 'Client secret of your Slack app. Environment or file only.',
    value: textOrNothing,
    isSecret: true,
  },
  slackRedirectUrl: {
    environment: 'MUSTER_SLACK_REDIRECT_URL',
    flag: '--slack-redirect-url',
    fallback: '',
    meaning:
      'Where the consent page sends the browser; one of the HTTPS redirect URLs of your Slack app. Otherwise `https://localhost/muster/v1/slack/callback`, from where you paste the address.',
    value: urlOrNothing,
  },
  dialect: {
    environment: 'MUSTER_DIALECT',
    flag: '--dialect',
    fallback: 'slack-v1',
    meaning:
      '`slack-v1`; `slack-v2` (goes on in v1 where a workspace has no v2); or `scim2`: any SCIM 2.0 service at MUSTER_SLACK_URL (e.g. `https://app.example/scim/v2`), with its token in MUSTER_SLACK_TOKEN.',
    value: z.enum(['slack-v1', 'slack-v2', 'scim2']),
  },
  scimProfile: {
    environment: 'MUSTER_SCIM_PROFILE',
    flag: '--scim-profile',
    fallback: '',
    meaning: 'With `scim2`: a JSON file with what the service does in its own way (docs/scim2.md).',
    value: textOrNothing,
  },
  protectedAccounts: {
    environment: 'MUSTER_SLACK_PROTECTED',
    flag: '--slack-protected',
    fallback: '',
    meaning:
      'Slack accounts that are never disabled, as e-mail addresses, user names or ids with commas between; besides the one that authorized the connection.',
    value: z.string().transform((text) =>
      text
        .split(',')
        .map((name) => name.trim())
        .filter((name) => name !== ''),
    ),
  },
  rateShare: {
    environment: 'MUSTER_RATE_SHARE',
    flag: '--rate-share',
    fallback: '0.9',
    meaning: "Share of Slack's published rate limits to use, above 0 to 1; the rest is for other SCIM clients.",
    value: z
      .string()
      .transform(Number)
      .refine((share) => share > 0 && share <= 1, 'must be above 0 and at most 1'),
  },
  rate: {
    environment: 'MUSTER_RATE',
    flag: '--rate',
    fallback: 'published',
    meaning: '`published` keeps below Slack’s limits; `off` does not limit (for a simulator without limits).',
    value: z.enum(['published', 'off']),
  },
  cycleEvery: {
    environment: 'MUSTER_CYCLE_EVERY',
    flag: '--cycle-every',
    fallback: '40m',
    meaning: 'Time between the starts of two cycles: `30s`, `40m`, `2h`. A change in the directory starts one at once.',
    value: duration,
  },
  logRetention: {
    environment: 'MUSTER_LOG_RETENTION',
    flag: '--log-retention',
    fallback: '30d',
    meaning: 'How long entries of the provisioning log are kept: `30d`, `12h`; `0` keeps them for ever.',
    value: retention,
  },
  auditRetention: {
    environment: 'MUSTER_AUDIT_RETENTION',
    flag: '--audit-retention',
    fallback: '30d',
    meaning: 'How long entries of the audit log are kept; `0` keeps them for ever.',
    value: retention,
  },
  smtpUrl: {
    environment: 'MUSTER_SMTP_URL',
    flag: '',
    fallback: '',
    meaning:
      'The mail server that tells administrators, with its login: `smtps://user:password@mail.example.com:465`, or `smtp://...:587`. Environment or file only.',
    value: textOrNothing.refine(
      (text) => text === undefined || /^smtps?:\/\/[^\s/]+/.test(text),
      'must begin with smtp:// or smtps://',
    ),
    isSecret: true,
  },
  mailFrom: {
    environment: 'MUSTER_MAIL_FROM',
    flag: '--mail-from',
    fallback: '',
    meaning: 'The sender of these mails, e.g. `Muster <muster@example.com>`. Needed with a mail server.',
    value: textOrNothing,
  },
  webhookSecret: {
    environment: 'MUSTER_WEBHOOK_SECRET',
    flag: '',
    fallback: '',
    meaning: 'Signs webhooks (`whsec_...` of Standard Webhooks, or any text). Environment or file only.',
    value: textOrNothing.refine(
      (text) => text === undefined || text.length >= 16,
      'must have at least 16 characters, or anybody could guess it',
    ),
    isSecret: true,
  },
  oidcIssuer: {
    environment: 'MUSTER_OIDC_ISSUER',
    flag: '--oidc-issuer',
    fallback: '',
    meaning:
      'Another OpenID Connect provider at which people with an account may sign in: its issuer, e.g. `https://login.example.com/realms/staff`. Its redirect URI is `/sign-in/external/callback` of this service.',
    value: urlOrNothing,
  },
  oidcClientId: {
    environment: 'MUSTER_OIDC_CLIENT_ID',
    flag: '--oidc-client-id',
    fallback: '',
    meaning: 'As what that provider knows this service.',
    value: textOrNothing,
  },
  oidcClientSecret: {
    environment: 'MUSTER_OIDC_CLIENT_SECRET',
    flag: '',
    fallback: '',
    meaning: 'The secret that goes with it. Environment or file only.',
    value: textOrNothing,
    isSecret: true,
  },
  oidcAccountClaim: {
    environment: 'MUSTER_OIDC_ACCOUNT_CLAIM',
    flag: '--oidc-account-claim',
    fallback: 'preferred_username',
    meaning:
      'Which claim of that provider is the name of the account, the first time somebody signs in; from then on the subject counts.',
    value: z.string().min(1),
  },
  masterKey: {
    environment: 'MUSTER_MASTER_KEY',
    flag: '',
    fallback: '',
    meaning:
      'The key that secrets are sealed with, as `openssl rand -base64 32` prints it, or several, the newest first; otherwise `master.key` in the data folder, made at the first start (docs/secrets.md). Environment or file only.',
    value: textOrNothing,
    isSecret: true,
  },
  masterKeyCommand: {
    environment: 'MUSTER_MASTER_KEY_COMMAND',
    flag: '',
    fallback: '',
    meaning: 'A command that prints that key, e.g. `vault kv get -field=key secret/muster`. Environment or file only.',
    value: textOrNothing,
    isSecret: true,
  },
  userNames: {
    environment: 'MUSTER_USER_NAMES',
    flag: '--user-names',
    fallback: 'allot',
    meaning:
      'How a new job names people in Slack: `allot` gives names that never collide, `as-mapped` the one of the mapping. Later: `muster names`.',
    value: z.enum(['allot', 'as-mapped']),
  },
  tls: {
    environment: 'MUSTER_TLS',
    flag: '--tls',
    fallback: 'false',
    meaning:
      '`true` serves HTTPS beside HTTP on the same port, with the certificate of `muster tls init` (docs/tls.md). HTTP is then for this machine alone.',
    value: yesOrNo,
  },
  tlsCertificate: {
    environment: 'MUSTER_TLS_CERTIFICATE',
    flag: '--tls-certificate',
    fallback: '',
    meaning: 'Your own certificate, as a PEM file with those between it and its authority; read again when it changes.',
    value: fileOrNothing,
  },
  tlsKey: {
    environment: 'MUSTER_TLS_KEY',
    flag: '--tls-key',
    fallback: '',
    meaning: 'The key of that certificate, as a PEM file without a passphrase.',
    value: fileOrNothing,
  },
  publicUrl: {
    environment: 'MUSTER_PUBLIC_URL',
    flag: '--public-url',
    fallback: '',
    meaning:
      'Where callers find the service when something stands in front of it, e.g. `https://muster.example.com`. Requests for this host are answered, and links and the issuer of tokens begin with it.',
    value: httpUrl
      .refine((text) => /^([^/]*\/\/[^/?#]+)?$/.test(text), 'must be an address without a path')
      .transform((text) => (text === '' ? undefined : text)),
  },
  requestLimit: {
    environment: 'MUSTER_REQUEST_LIMIT',
    flag: '--request-limit',
    fallback: '20000',
    meaning:
      'Requests that one caller of the API may make in ten seconds; more are answered 429 with Retry-After. `0` counts nobody. The operator key is never counted.',
    value: z
      .string()
      .refine((text) => /^\d{1,9}$/.test(text), 'must be a whole number, 0 for no limit')
      .transform(Number),
  },
  caFile: {
    environment: 'MUSTER_CA_FILE',
    flag: '--ca-file',
    fallback: '',
    meaning:
      'The authority that the commands trust besides the usual ones, as a PEM file; otherwise that of `muster tls init` in the data folder, if there is one.',
    value: fileOrNothing,
  },
  url: {
    environment: 'MUSTER_URL',
    flag: '--url',
    fallback: '',
    meaning: 'Where the commands find the service; otherwise host and port above.',
    value: urlOrNothing,
  },
  clientId: {
    environment: 'MUSTER_CLIENT_ID',
    flag: '',
    fallback: '',
    meaning:
      'As which program the commands call, with the secret below (`muster client create`); otherwise as the operator.',
    value: textOrNothing,
  },
  clientSecret: {
    environment: 'MUSTER_CLIENT_SECRET',
    flag: '',
    fallback: '',
    meaning: 'The secret of that program. Environment or file only.',
    value: textOrNothing,
    isSecret: true,
  },
  tenantId: {
    environment: 'MUSTER_TENANT_ID',
    flag: '',
    fallback: '',
    meaning: 'The tenant of that program; the one of the service unless told.',
    value: textOrNothing,
  },
  logLevel: {
    environment: 'MUSTER_LOG_LEVEL',
    flag: '--log-level',
    fallback: 'warn',
    meaning: "How much the operator's log (JSON lines on standard output) says: debug, info, warn, error.",
    value: z.enum(['debug', 'info', 'warn', 'error']),
  },
  config: {
    environment: 'MUSTER_CONFIG',
    flag: '--config',
    fallback: './muster.json',
    meaning: 'File with any of these settings, as JSON: `{"port": 8470}`. A missing default file is fine.',
    value: z.string().min(1),
  },
} satisfies Readonly<Record<string, SettingRow>>

export type SettingName = keyof typeof rows
export type Settings = { readonly [name in SettingName]: z.output<(typeof rows)[name]['value']> }

export interface SettingDefinition extends SettingRow {
  readonly name: SettingName
}

export const settingDefinition = (name: SettingName): SettingDefinition => ({ name, ...rows[name] })

export const settingDefinitions = (Object.keys(rows) as readonly SettingName[]).map(settingDefinition)
