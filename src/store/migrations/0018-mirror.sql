-- A directory that mirrors another system: what is remembered of each reading, and in which of them something was seen last.

create table mirror_state (
  name {text} primary key,
  state {text} not null
);
create table mirror_entry (
  kind {text} not null,
  entry_key {text} not null,
  round {number} not null,
  primary key (kind, entry_key)
) {clustered};
create index mirror_entry_round on mirror_entry (kind, round, entry_key);
