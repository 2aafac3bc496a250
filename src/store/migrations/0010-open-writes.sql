-- Writes that were sent and of which it is not known what became of them: noted before they go out, gone with the answer.

create table open_write (
  job_id {text} not null references job (job_id) on delete cascade,
  object_type {text} not null,
  source_anchor {text} not null,
  target_anchor {text} not null,
  sent_at {number} not null,
  image {text} not null,
  primary key (job_id, object_type, source_anchor)
) {clustered};
