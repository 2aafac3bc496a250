-- The audit log of the configuration (spec 12.6): entries chained by hash, never changed; what they are searched by beside them.
create table audit_entry (
  entry_number {number} primary key,
  id {text} not null,
  activity_at {number} not null,
  activity {text} not null,
  result {text} not null,
  initiator {text} not null,
  folded_text {text} not null,
  entry {text} not null,
  previous_hash {text} not null,
  hash {text} not null
);
create unique index audit_entry_id on audit_entry (id);
create index audit_entry_activity on audit_entry (activity, entry_number);
create trigger audit_entry_is_final before update on audit_entry {refuse_change};

insert into counter (name, value) values ('auditEntry', 0);
