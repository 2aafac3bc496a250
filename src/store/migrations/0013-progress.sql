-- How far a cycle is in pages, which cycle wrote something last, and which objects were ever synchronized (spec 6.6, 13.1).

alter table cycle add column pages_done {number} not null default 0;
alter table cycle add column pages_known {number} not null default 0;
alter table cycle add column exported {number} not null default 0;
update cycle set exported = coalesce(cast(cast(counters{json} -> 'countExported' as text) as {number}), 0);
create index cycle_exported on cycle (job_id, began_at) where exported > 0;

-- Rows are only added, until the job's links are reset: the count never shrinks.
create table synchronized_entry (
  job_id {text} not null references job (job_id) on delete cascade,
  object_type {text} not null,
  source_anchor {text} not null,
  primary key (job_id, object_type, source_anchor)
) {clustered};
insert into synchronized_entry (job_id, object_type, source_anchor)
  select job_id, object_type, source_anchor from link;
