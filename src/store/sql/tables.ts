/*
 * The tables as the code sees them: every column once, with its kind. Types of rows and the batches of both databases
 * are derived from here. A new column comes with a migration; `migrations/` is what the database believes.
 */

/** `text` and `number` (64 bits in the database, a safe integer here); with `?` the column may be null. */
export type ColumnKind = 'text' | 'text?' | 'number' | 'number?'

interface TableShape {
  readonly key: readonly string[]
  readonly columns: Readonly<Record<string, ColumnKind>>
}

export const tables = {
  counter: { key: ['name'], columns: { name: 'text', value: 'number' } },
  named_value: { key: ['name'], columns: { name: 'text', value: 'text' } },
  directory_object: {
    key: ['object_id'],
    columns: {
      object_id: 'text',
      object_type: 'text',
      presence: 'text',
      deleted_at: 'number?',
      change_number: 'number',
      display_name: 'text?',
      manager_id: 'text?',
      folded_id: 'text',
      folded_display_name: 'text',
      folded_principal_name: 'text',
      folded_mail: 'text',
      folded_names: 'text',
      attributes: 'text',
    },
  },
  directory_member: { key: ['group_id', 'member_id'], columns: { group_id: 'text', member_id: 'text' } },
  directory_assignment: {
    key: ['assignment_id'],
    columns: {
      assignment_id: 'text',
      service_principal_id: 'text',
      principal_id: 'text',
      principal_type: 'text',
      app_role_id: 'text',
      app_role_display_name: 'text',
      app_role_value: 'text?',
      created_at: 'number?',
    },
  },
  mirror_state: { key: ['name'], columns: { name: 'text', state: 'text' } },
  mirror_entry: { key: ['kind', 'entry_key'], columns: { kind: 'text', entry_key: 'text', round: 'number' } },
  directory_owner: { key: ['owned_id', 'owner_id'], columns: { owned_id: 'text', owner_id: 'text' } },
  directory_journal: {
    key: ['object_type', 'journal_number'],
    columns: { object_type: 'text', journal_number: 'number', object_id: 'text', change: 'text' },
  },
  directory_application: {
    key: ['object_id'],
    columns: {
      object_id: 'text',
      object_type: 'text',
      presence: 'text',
      deleted_at: 'number?',
      app_id: 'text',
      properties: 'text',
    },
  },
  job: {
    key: ['job_id'],
    columns: {
      job_id: 'text',
      service_principal_id: 'text',
      service_principal_display_name: 'text',
      template_id: 'text',
      status: 'text',
      settings: 'text',
      schema_text: 'text',
      watermark: 'text?',
      watermark_epoch: 'number',
      next_run_at: 'number',
      steady_state_first_at: 'number?',
      steady_state_last_at: 'number?',
      fence: 'number',
      lease_owner: 'text?',
      lease_until: 'number?',
      lease_epoch: 'number',
      quarantine: 'text?',
      schedule_state: 'text',
      escrows_pruned: 'number',
    },
  },
  cycle: {
    key: ['cycle_id'],
    columns: {
      cycle_id: 'text',
      job_id: 'text',
      kind: 'text',
      began_at: 'number',
      ended_at: 'number?',
      state: 'text',
      error: 'text?',
      position: 'text?',
      objects_done: 'number',
      objects_known: 'number',
      pages_done: 'number',
      pages_known: 'number',
      exported: 'number',
      counters: 'text',
      watermark_epoch: 'number',
      plan_id: 'text?',
      broken_since: 'number?',
    },
  },
  sealed_plan: {
    key: ['plan_id'],
    columns: {
      plan_id: 'text',
      job_id: 'text',
      kind: 'text',
      state: 'text',
      created_at: 'number',
      created_by: 'text',
      origin: 'text',
      folded_names: 'text',
      waits_for: 'text',
      watermark: 'text?',
      schema_version: 'text',
      settings_hash: 'text',
      content_hash: 'text',
      counts: 'text',
      cycle_id: 'text?',
      decided_at: 'number?',
      decided_by: 'text?',
    },
  },
  planned_write: {
    key: ['plan_id', 'number'],
    columns: {
      plan_id: 'text',
      number: 'number',
      kind: 'text',
      object_type: 'text',
      source_anchor: 'text',
      folded_names: 'text',
      planned: 'text',
      outcome: 'text?',
      moved: 'text?',
      outcome_reason: 'text?',
    },
  },
  link: {
    key: ['job_id', 'object_type', 'source_anchor'],
    columns: {
      job_id: 'text',
      object_type: 'text',
      source_anchor: 'text',
      target_anchor: 'text',
      display_name: 'text',
      is_active: 'number',
      is_managed: 'number',
      known: 'text',
    },
  },
  synchronized_entry: {
    key: ['job_id', 'object_type', 'source_anchor'],
    columns: { job_id: 'text', object_type: 'text', source_anchor: 'text' },
  },
  link_member: {
    key: ['job_id', 'object_type', 'source_anchor', 'member_anchor'],
    columns: { job_id: 'text', object_type: 'text', source_anchor: 'text', member_anchor: 'text' },
  },
  escrow: {
    key: ['job_id', 'object_type', 'source_anchor'],
    columns: {
      job_id: 'text',
      object_type: 'text',
      source_anchor: 'text',
      first_failed_at: 'number',
      attempts: 'number',
      next_attempt_at: 'number',
      error_code: 'text',
      reason: 'text',
    },
  },
  deferred_reference: {
    key: ['job_id', 'owner_type', 'owner_anchor', 'attribute', 'referenced_anchor'],
    columns: {
      job_id: 'text',
      owner_type: 'text',
      owner_anchor: 'text',
      attribute: 'text',
      referenced_anchor: 'text',
    },
  },
  open_write: {
    key: ['job_id', 'object_type', 'source_anchor'],
    columns: {
      job_id: 'text',
      object_type: 'text',
      source_anchor: 'text',
      target_anchor: 'text',
      sent_at: 'number',
      image: 'text',
      cycle_id: 'text',
    },
  },
  held_removal: {
    key: ['job_id', 'object_type', 'source_anchor'],
    columns: { job_id: 'text', object_type: 'text', source_anchor: 'text', kind: 'text', state: 'text' },
  },
  notification_delivery: {
    key: ['id', 'channel'],
    columns: {
      id: 'text',
      channel: 'text',
      job_id: 'text',
      at: 'number',
      notification: 'text',
      attempts: 'number',
      next_attempt_at: 'number?',
      delivered_at: 'number?',
      error: 'text?',
    },
  },
  allotted_name: {
    key: ['job_id', 'object_type', 'source_anchor', 'attribute'],
    columns: { job_id: 'text', object_type: 'text', source_anchor: 'text', attribute: 'text', value: 'text' },
  },
  sealed_secret: {
    key: ['owner_id', 'name'],
    columns: { owner_id: 'text', name: 'text', key_id: 'text', sealed: 'text' },
  },
  account: {
    key: ['object_id'],
    columns: {
      object_id: 'text',
      user_principal_name: 'text',
      folded_principal_name: 'text',
      folded_names: 'text',
      display_name: 'text',
      is_disabled: 'number',
      password_hash: 'text?',
      external_issuer: 'text?',
      external_subject: 'text?',
      created_at: 'number',
      last_sign_in_at: 'number?',
      epoch: 'number',
    },
  },
  account_passkey: {
    key: ['credential_id'],
    columns: {
      credential_id: 'text',
      object_id: 'text',
      public_key: 'text',
      counter: 'number',
      transports: 'text',
      name: 'text',
      created_at: 'number',
      last_used_at: 'number?',
    },
  },
  handed_secret: {
    key: ['secret_hash'],
    columns: {
      secret_hash: 'text',
      kind: 'text',
      object_id: 'text',
      family_id: 'text',
      expires_at: 'number',
      used_at: 'number?',
      content: 'text',
    },
  },
  sign_in_attempt: {
    key: ['attempt_key'],
    columns: { attempt_key: 'text', failures: 'number', waits_until: 'number' },
  },
  custom_role: {
    key: ['role_definition_id'],
    columns: {
      role_definition_id: 'text',
      display_name: 'text',
      description: 'text?',
      is_enabled: 'number',
      actions: 'text',
    },
  },
  role_assignment: {
    key: ['role_assignment_id'],
    columns: {
      role_assignment_id: 'text',
      principal_id: 'text',
      role_definition_id: 'text',
      directory_scope_id: 'text',
      created_at: 'number',
    },
  },
  audit_entry: {
    key: ['entry_number'],
    columns: {
      entry_number: 'number',
      id: 'text',
      activity_at: 'number',
      activity: 'text',
      result: 'text',
      initiator: 'text',
      folded_text: 'text',
      entry: 'text',
      previous_hash: 'text',
      hash: 'text',
    },
  },
  log_entry: {
    key: ['entry_number'],
    columns: {
      entry_number: 'number',
      id: 'text',
      job_id: 'text',
      cycle_id: 'text',
      activity_at: 'number',
      status: 'text',
      action: 'text',
      source_id: 'text',
      target_id: 'text',
      folded_names: 'text',
      change_id: 'text',
      error_code: 'text',
      folded_systems: 'text',
    },
  },
  log_entry_text: { key: ['entry_number'], columns: { entry_number: 'number', entry: 'text', before_image: 'text?' } },
} as const satisfies Readonly<Record<string, TableShape>>

export type TableName = keyof typeof tables

interface ValueOfKind {
  readonly text: string
  readonly 'text?': string | null
  readonly number: number
  readonly 'number?': number | null
}

type Columns<T extends TableName> = (typeof tables)[T]['columns']

export type Row<T extends TableName> = {
  readonly [C in keyof Columns<T>]: Columns<T>[C] extends ColumnKind ? ValueOfKind[Columns<T>[C]] : never
}

export type ColumnName<T extends TableName> = keyof Row<T> & string

type KeyColumn<T extends TableName> = (typeof tables)[T]['key'][number] & ColumnName<T>

/** The columns that tell one row from another. */
export type Key<T extends TableName> = Pick<Row<T>, KeyColumn<T>>

/** What Kysely's builder is told about the database. */
export type Tables = { readonly [T in TableName]: Row<T> }

/** The same facts with plain types, for code that works on any table. */
export function shapeOf(table: TableName): TableShape {
  return tables[table]
}
