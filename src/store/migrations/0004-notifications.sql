-- What administrators are to be told, until it has arrived (spec section 14).

create table notification_delivery (
  id {text} not null,
  channel {text} not null,
  job_id {text} not null references job (job_id) on delete cascade,
  at {number} not null,
  notification {text} not null,
  attempts {number} not null,
  next_attempt_at {number},
  delivered_at {number},
  error {text},
  primary key (id, channel)
);
create index notification_delivery_due on notification_delivery (next_attempt_at);
create index notification_delivery_job on notification_delivery (job_id, at);
