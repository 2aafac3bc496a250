-- The first tables. Written once for both databases; three words in braces differ and are put in by `sql/dialect.ts`:
-- {text} sorts by code point, {number} holds 64 bits, {clustered} keeps a table in the order of its key where it can.

create table counter (
  name {text} primary key,
  value {number} not null
);
insert into counter (name, value) values ('change', 0), ('logEntry', 0);

create table named_value (
  name {text} primary key,
  value {text} not null
);

create table directory_object (
  object_id {text} primary key,
  object_type {text} not null,
  presence {text} not null,
  deleted_at {number},
  change_number {number} not null,
  display_name {text},
  -- What is looked up and searched without case: folded by `sql/folded-text.ts`, cut to what an index can hold.
  folded_id {text} not null,
  folded_display_name {text} not null,
  folded_principal_name {text} not null,
  folded_mail {text} not null,
  folded_names {text} not null,
  attributes {text} not null
);
create unique index directory_object_change on directory_object (change_number);
create index directory_object_presence on directory_object (object_type, presence, object_id);
create index directory_object_id on directory_object (folded_id);
create index directory_object_display_name on directory_object (folded_display_name, object_id);
create index directory_object_principal_name on directory_object (folded_principal_name);
create index directory_object_mail on directory_object (folded_mail);

create table directory_member (
  group_id {text} not null,
  member_id {text} not null,
  primary key (group_id, member_id)
) {clustered};
create index directory_member_member on directory_member (member_id, group_id);

create table directory_assignment (
  assignment_id {text} primary key,
  service_principal_id {text} not null,
  principal_id {text} not null,
  principal_type {text} not null,
  app_role_id {text} not null,
  app_role_display_name {text} not null,
  app_role_value {text}
);
create index directory_assignment_principal on directory_assignment (principal_id, service_principal_id);
create index directory_assignment_service_principal on directory_assignment (service_principal_id, principal_id);

create table job (
  job_id {text} primary key,
  service_principal_id {text} not null,
  service_principal_display_name {text} not null,
  template_id {text} not null,
  status {text} not null,
  settings {text} not null,
  schema_text {text} not null,
  watermark {text},
  -- Counts how often the watermark was cleared: a cycle that began before may not set it again (spec 5.8, 11).
  watermark_epoch {number} not null,
  next_run_at {number} not null,
  steady_state_first_at {number},
  steady_state_last_at {number},
  fence {number} not null,
  lease_owner {text},
  lease_until {number},
  lease_epoch {number} not null
);

create table cycle (
  cycle_id {text} primary key,
  job_id {text} not null references job (job_id) on delete cascade,
  kind {text} not null,
  began_at {number} not null,
  ended_at {number},
  state {text} not null,
  error {text},
  position {text},
  objects_done {number} not null,
  objects_known {number} not null,
  counters {text} not null,
  watermark_epoch {number} not null
);
create index cycle_job on cycle (job_id, began_at);

create table link (
  job_id {text} not null references job (job_id) on delete cascade,
  object_type {text} not null,
  source_anchor {text} not null,
  target_anchor {text} not null,
  display_name {text} not null,
  is_active {number} not null,
  is_managed {number} not null,
  known {text} not null,
  primary key (job_id, object_type, source_anchor)
);
create index link_target on link (job_id, object_type, target_anchor);

create table link_member (
  job_id {text} not null references job (job_id) on delete cascade,
  object_type {text} not null,
  source_anchor {text} not null,
  member_anchor {text} not null,
  primary key (job_id, object_type, source_anchor, member_anchor)
) {clustered};
create index link_member_member on link_member (job_id, member_anchor);

create table escrow (
  job_id {text} not null references job (job_id) on delete cascade,
  object_type {text} not null,
  source_anchor {text} not null,
  first_failed_at {number} not null,
  attempts {number} not null,
  next_attempt_at {number} not null,
  error_code {text} not null,
  reason {text} not null,
  primary key (job_id, object_type, source_anchor)
);
create index escrow_due on escrow (job_id, next_attempt_at);

create table deferred_reference (
  job_id {text} not null references job (job_id) on delete cascade,
  owner_type {text} not null,
  owner_anchor {text} not null,
  attribute {text} not null,
  referenced_anchor {text} not null,
  primary key (job_id, owner_type, owner_anchor, attribute, referenced_anchor)
) {clustered};
create index deferred_reference_referenced on deferred_reference (job_id, referenced_anchor);

create table held_removal (
  job_id {text} not null references job (job_id) on delete cascade,
  object_type {text} not null,
  source_anchor {text} not null,
  kind {text} not null,
  primary key (job_id, object_type, source_anchor)
) {clustered};

-- What the log is filtered and searched by; the entry itself lies apart, so that a search reads little.
create table log_entry (
  entry_number {number} primary key,
  id {text} not null,
  job_id {text} not null,
  cycle_id {text} not null,
  activity_at {number} not null,
  status {text} not null,
  action {text} not null,
  source_id {text} not null,
  target_id {text} not null,
  folded_names {text} not null
);
create unique index log_entry_id on log_entry (id);
create index log_entry_activity on log_entry (activity_at, entry_number);
create index log_entry_status on log_entry (status, activity_at, entry_number);
create index log_entry_cycle on log_entry (cycle_id, activity_at, entry_number);
create index log_entry_source on log_entry (source_id, activity_at, entry_number);
create index log_entry_target on log_entry (target_id, activity_at, entry_number);

create table log_entry_text (
  entry_number {number} primary key,
  entry {text} not null
);
