-- Secrets, sealed: under whose name, for what, and the id of the key they are sealed with.
create table sealed_secret (
  owner_id {text} not null,
  name {text} not null,
  key_id {text} not null,
  sealed {text} not null,
  primary key (owner_id, name)
) {clustered};
create index sealed_secret_key on sealed_secret (key_id, owner_id, name);
