/*
 * What each route of /muster/v1 is for, in one sentence, and what it takes, in a short notation: `text`, `number`, `flag`
 * (`true` or `1` in a query), `list` of texts, `object`, `json`; `a|b` names the values there are, `?` means it may be left
 * out. A line without its route fails a test; a route without its line is described by its address alone.
 */

export interface MusterRoute {
  readonly summary: string
  readonly query?: Readonly<Record<string, string>>
  readonly body?: Readonly<Record<string, string>> | 'json' | 'files'
  /** What is answered when it is not one JSON document. */
  readonly answer?: 'lines' | 'events' | 'csv' | 'html'
  /** Nobody has to be known. */
  readonly isOpen?: true
}

const dryRun = { dryRun: 'flag?' }
const paged = { cursor: 'text?', limit: 'number?' }
const logFilter = {
  job: 'text?',
  cycle: 'text?',
  change: 'text?',
  id: 'text?',
  text: 'text?',
  system: 'text?',
  error: 'text?',
  status: 'success|failure|skipped|warning?',
  action: 'text?',
  since: 'text?',
  until: 'text?',
}
const auditFilter = {
  activity: 'text?',
  result: 'success|failure?',
  initiator: 'text?',
  text: 'text?',
  since: 'text?',
  until: 'text?',
}

export const musterRoutes: Readonly<Record<string, MusterRoute>> = {
  'GET /health': { summary: 'Says that the service answers.', isOpen: true },
  'GET /openapi.json': { summary: 'This description.', isOpen: true },
  'GET /graph-openapi.json': { summary: "The description of Graph's part.", isOpen: true },
  'GET /docs': { summary: 'Both descriptions as a page.', answer: 'html', isOpen: true },
  'GET /status': { summary: 'Every job with its status, its last cycle and what waits.' },

  'GET /whoami': { summary: 'As whom the service takes the caller.' },
  'GET /accounts': { summary: 'Who may sign in.', query: { text: 'text?', ...paged } },
  'POST /accounts': {
    summary: 'Makes an account.',
    body: { userPrincipalName: 'text', displayName: 'text?', password: 'text?', externalIdentity: 'object?' },
  },
  'GET /accounts/:account': { summary: 'One account, by id or name.' },
  'PATCH /accounts/:account': {
    summary: 'Changes an account.',
    body: { displayName: 'text?', isDisabled: 'boolean?', externalIdentity: 'object?' },
  },
  'DELETE /accounts/:account': { summary: 'Deletes an account and ends its sessions.' },
  'PUT /accounts/:account/password': { summary: 'Sets the password of an account.', body: { password: 'text' } },
  'POST /accounts/:account/invitation': { summary: 'Makes a link with which somebody sets up the account, once.' },
  'DELETE /accounts/:account/passkeys/:passkey': { summary: 'Takes a passkey away.' },

  'GET /clients': { summary: 'Programs that may get tokens.', query: { text: 'text?', ...paged } },
  'POST /clients': {
    summary: 'Makes a program with a secret, which is told once, or a certificate.',
    body: { displayName: 'text', permissions: 'list?', certificate: 'text?', expiresAt: 'text?' },
  },
  'GET /clients/:client': { summary: 'One program with its permissions and when its secrets end.' },
  'DELETE /clients/:client': { summary: 'Deletes a program; its tokens are worth nothing from then on.' },
  'POST /clients/:client/secrets': {
    summary: 'Gives a program a further secret or certificate.',
    body: { displayName: 'text?', certificate: 'text?', expiresAt: 'text?' },
  },
  'DELETE /clients/:client/secrets/:key': { summary: 'Takes a secret or certificate away.' },
  'POST /clients/:client/permissions': { summary: 'Gives a program permissions.', body: { permissions: 'list' } },
  'DELETE /clients/:client/permissions/:permission': { summary: 'Takes a permission away.' },
  'POST /signingKeys/replace': { summary: 'Replaces the keys that sign tokens; all tokens end.' },

  'GET /access': { summary: 'Who has which role.', query: { text: 'text?', limit: 'number?', offset: 'number?' } },
  'GET /access/roles': { summary: 'The roles there are, and what each may.' },
  'GET /access/of/:principal': { summary: 'What a person or program may.' },
  'POST /access': {
    summary: 'Gives a role, everywhere or for one application.',
    body: { name: 'text', role: 'text', app: 'text?' },
  },
  'DELETE /access': { summary: 'Takes a role back.', query: { name: 'text', role: 'text', app: 'text?' } },

  'GET /secrets': { summary: 'Which passwords of the service are set, without their values.' },
  'PUT /secrets/:name': { summary: 'Sets a password of the service.', body: { value: 'text' } },
  'DELETE /secrets/:name': { summary: 'Forgets a password of the service.' },

  'GET /audit': {
    summary: 'The audit log, the newest first.',
    query: { ...auditFilter, limit: 'number?', cursor: 'number?' },
  },
  'GET /audit/verify': { summary: 'Checks the chain of hashes over the audit log.', query: { noted: 'text?' } },
  'GET /audit/export': { summary: 'The audit log as lines of JSON.', query: auditFilter, answer: 'lines' },
  'GET /audit/:id': { summary: 'One entry of the audit log.' },

  'GET /log': { summary: 'The provisioning log, the newest first.', query: { ...logFilter, ...paged } },
  'GET /log/position': { summary: 'How far the provisioning log has been written.' },
  'GET /log/export': {
    summary: 'The provisioning log as JSON, lines of JSON, or CSV.',
    query: { ...logFilter, format: 'csv|json|lines?', file: 'text?' },
  },
  'GET /log/stream': {
    summary: 'The provisioning log as it is written, as server-sent events.',
    query: { ...logFilter, after: 'number?' },
    answer: 'events',
  },
  'GET /log/:id': { summary: 'One entry of the provisioning log.' },

  'POST /directory/import': {
    summary: 'Reads files of people and groups into the directory.',
    query: { full: 'flag?', keepGoing: 'flag?', ...dryRun, allowRemovals: 'number?', encoding: 'text?' },
    body: 'files',
  },
  'GET /directory/objects': {
    summary: 'People and groups of the directory.',
    query: { text: 'text?', type: 'User|Group?', limit: 'number?', offset: 'number?' },
  },
  'GET /people': {
    summary: 'Somebody: what the directory and the target know, and how it came to be.',
    query: { name: 'text' },
  },

  'GET /keys': { summary: 'The master keys under which secrets are sealed.' },
  'POST /keys/rotate': { summary: 'Seals everything under a fresh master key.', body: { keepOld: 'boolean?' } },

  'POST /slack/authorize': {
    summary: "Begins to ask for consent on Slack's page.",
    body: { redirectUrl: 'text?', job: 'text?' },
  },
  'GET /slack/authorize/:state': { summary: 'What became of a consent that was asked for.' },
  'POST /slack/answer': {
    summary: "Hands in what Slack's page answered.",
    body: { state: 'text', code: 'text?', error: 'text?' },
  },
  'GET /slack/callback': {
    summary: "Where Slack's page sends the browser.",
    query: { state: 'text', code: 'text?', error: 'text?' },
    answer: 'html',
    isOpen: true,
  },
  'POST /slack/probe': { summary: 'Learns how the workspace behaves.', body: { testUser: 'text?', job: 'text?' } },

  'POST /jobs': {
    summary: 'Makes a provisioning job.',
    body: { name: 'text', userNames: 'allot|as-mapped?', sharesWorkspace: 'boolean?' },
  },
  'GET /jobs/:job': { summary: 'One job, by id or name; `default` is the only one there is.' },
  'DELETE /jobs/:job': { summary: 'Deletes a job; nobody is removed from the target.', query: dryRun },
  'GET /jobs/:job/progress': { summary: 'How far the running cycle has come.' },
  'POST /jobs/:job/run': { summary: 'Runs a cycle now, told of line by line.', answer: 'lines' },
  'GET /jobs/:job/plan': { summary: 'What a cycle would write, without writing it.', answer: 'lines' },
  'POST /jobs/:job/start': { summary: 'Starts or resumes the job.' },
  'POST /jobs/:job/pause': { summary: 'Pauses the job; everything is kept.' },
  'POST /jobs/:job/restart': {
    summary: "Begins again, with what the scope names forgotten (Graph's resetScope).",
    body: { criteria: 'object?' },
  },
  'POST /jobs/:job/provisionOnDemand': {
    summary: 'Provisions one person or group now.',
    body: {
      name: 'text?',
      type: 'User|Group?',
      members: 'list?',
      dryRun: 'boolean?',
      removals: 'number?',
      lines: 'boolean?',
      parameters: 'object?',
    },
  },
  'GET /jobs/:job/why': {
    summary: 'Why somebody is provisioned as they are, and the smallest change that turns it.',
    query: { name: 'text', type: 'User|Group?' },
  },
  'GET /jobs/:job/credentials': { summary: 'Which credentials the job has, without their values.' },
  'PUT /jobs/:job/credentials': {
    summary: 'Stores a token once the target has accepted it.',
    body: { token: 'text', sharesWorkspace: 'boolean?' },
  },
  'POST /jobs/:job/validateCredentials': { summary: 'Tests credentials and stores nothing.', body: { token: 'text?' } },
  'PATCH /jobs/:job/connection': {
    summary: 'Lets a job steer a workspace that another one steers.',
    body: { sharesWorkspace: 'boolean' },
  },
  'GET /jobs/:job/links': { summary: 'Links are read one by one.' },
  'GET /jobs/:job/links/:id': { summary: 'Which account somebody is linked to.' },
  'DELETE /jobs/:job/links/:id': { summary: 'Forgets a link; the account stays.', query: dryRun },
  'POST /jobs/:job/links': { summary: 'Is refused: links come from matching.' },
  'PUT /jobs/:job/links': { summary: 'Is refused: links come from matching.' },
  'PATCH /jobs/:job/links': { summary: 'Is refused: links come from matching.' },
  'POST /jobs/:job/links/:id': { summary: 'Is refused: links come from matching.' },
  'PUT /jobs/:job/links/:id': { summary: 'Is refused: links come from matching.' },
  'PATCH /jobs/:job/links/:id': { summary: 'Is refused: links come from matching.' },
  'GET /jobs/:job/names': { summary: 'How people are named in the target.' },
  'PATCH /jobs/:job/names': {
    summary: 'Changes how people are named.',
    query: dryRun,
    body: { mode: 'allotted|asMapped', avoided: 'list?' },
  },
  'GET /jobs/:job/notifications': { summary: 'What administrators were told, and through what.' },
  'POST /jobs/:job/notifications/test': { summary: 'Sends a message through every channel of the job.' },
  'GET /jobs/:job/plans': {
    summary: 'Kept plans.',
    query: { state: 'text?', text: 'text?', ...paged },
  },
  'POST /jobs/:job/plans': {
    summary: 'Makes a plan that is kept, to be applied or rejected.',
    body: { kind: 'cycle|everything?', by: 'text?' },
    answer: 'lines',
  },
  'GET /jobs/:job/plans/:plan': { summary: 'One plan with its counts.' },
  'GET /jobs/:job/plans/:plan/writes': {
    summary: 'What a plan writes, object by object.',
    query: { kind: 'text?', objectType: 'text?', outcome: 'text?', text: 'text?', ...paged },
  },
  'GET /jobs/:job/plans/:plan/clusters': {
    summary: 'The writes of a plan in groups that are alike.',
    query: { examples: 'number?' },
  },
  'POST /jobs/:job/plans/:plan/apply': {
    summary: 'Applies a plan as it stands, once.',
    query: dryRun,
    body: { by: 'text?', keepRunning: 'boolean?' },
  },
  'POST /jobs/:job/plans/:plan/reject': { summary: 'Rejects a plan.', body: { by: 'text?' } },
  'POST /jobs/:job/undo': { summary: 'Plans to take earlier writes back.', body: 'json' },
  'GET /jobs/:job/quarantine': { summary: 'Whether the job is in quarantine, and why.' },
  'POST /jobs/:job/quarantine': { summary: 'Puts the job into quarantine.', body: { because: 'text?' } },
  'DELETE /jobs/:job/quarantine': { summary: 'Lifts the quarantine.' },
  'GET /jobs/:job/removals': { summary: 'Removals that are held back.', query: { text: 'text?' } },
  'POST /jobs/:job/removals/allow': {
    summary: 'Lets removals that are held back happen.',
    query: dryRun,
    body: 'json',
  },
  'GET /jobs/:job/roles': { summary: 'App roles of the application.' },
  'POST /jobs/:job/roles': { summary: 'Makes an app role.', body: { displayName: 'text', value: 'text' } },
  'DELETE /jobs/:job/roles/:role': { summary: 'Deletes an app role.' },
  'GET /jobs/:job/schema': { summary: 'Mappings and filters of the job.' },
  'PUT /jobs/:job/schema': {
    summary: 'Replaces mappings and filters.',
    query: { ...dryRun, accept: 'text?' },
    body: 'json',
  },
  'POST /jobs/:job/schema/check': {
    summary: 'Checks a schema and stores nothing.',
    query: { accept: 'text?' },
    body: 'json',
  },
  'POST /jobs/:job/schema/restoreDefaults': { summary: 'Goes back to the default mappings.', query: dryRun },
  'POST /jobs/:job/schema/populationDiff': {
    summary: 'What another schema would give everybody, beside the one in force.',
    body: 'json',
  },
  'GET /jobs/:job/completion': {
    summary: 'Attributes and functions an editor may offer.',
    query: { objectType: 'User|Group?' },
  },
  'POST /jobs/:job/expressions/try': { summary: 'Evaluates an expression for people of the directory.', body: 'json' },
  'GET /jobs/:job/assignments': { summary: 'Who is assigned.', query: { text: 'text?', ...paged } },
  'POST /jobs/:job/assignments': { summary: 'Assigns a person or group.', body: 'json' },
  'DELETE /jobs/:job/assignments': {
    summary: 'Takes an assignment away.',
    query: { name: 'text', type: 'User|Group?', ...dryRun },
  },
  'PATCH /jobs/:job/settings': { summary: 'Changes settings of the job.', query: dryRun, body: 'json' },
  'POST /jobs/:job/discovery': {
    summary: 'Reads the accounts of the target and finds whose they are.',
    answer: 'lines',
  },
  'GET /jobs/:job/discovery': { summary: 'What the last discovery found.', query: { text: 'text?', ...paged } },
  'POST /jobs/:job/drift': { summary: 'Finds where accounts differ from what they should be.', answer: 'lines' },
  'GET /jobs/:job/drift': { summary: 'What the last look for drift found.', query: { text: 'text?', ...paged } },
}
