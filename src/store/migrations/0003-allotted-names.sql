-- Names kept for source objects before they are created, so that nobody else gets them. The index keeps a name single.
create table allotted_name (
  job_id {text} not null references job (job_id) on delete cascade,
  object_type {text} not null,
  source_anchor {text} not null,
  attribute {text} not null,
  value {text} not null,
  primary key (job_id, object_type, source_anchor, attribute)
) {clustered};
create unique index allotted_name_value on allotted_name (job_id, object_type, attribute, value);
