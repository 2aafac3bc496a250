-- Plans that are kept until they are applied, rejected or superseded, and what became of each of their writes.
create table sealed_plan (
  plan_id {text} primary key,
  job_id {text} not null references job (job_id) on delete cascade,
  kind {text} not null,
  state {text} not null,
  created_at {number} not null,
  created_by {text} not null,
  origin {text} not null,
  folded_names {text} not null,
  waits_for {text} not null,
  watermark {text},
  schema_version {text} not null,
  settings_hash {text} not null,
  content_hash {text} not null,
  counts {text} not null,
  cycle_id {text},
  decided_at {number},
  decided_by {text}
);
create index sealed_plan_job on sealed_plan (job_id, created_at, plan_id);

create table planned_write (
  plan_id {text} not null references sealed_plan (plan_id) on delete cascade,
  number {number} not null,
  kind {text} not null,
  object_type {text} not null,
  source_anchor {text} not null,
  folded_names {text} not null,
  planned {text} not null,
  outcome {text},
  moved {text},
  outcome_reason {text},
  primary key (plan_id, number)
);
create index planned_write_object on planned_write (plan_id, object_type, source_anchor);

-- The plan a cycle carries out, so that it goes on with the same one after a restart.
alter table cycle add column plan_id {text};
