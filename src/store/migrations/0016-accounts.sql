-- People who sign in to Muster, what they prove themselves by, and hashes of the secrets handed out to them.
create table account (
  object_id {text} primary key,
  user_principal_name {text} not null,
  folded_principal_name {text} not null,
  folded_names {text} not null,
  display_name {text} not null,
  is_disabled {number} not null,
  password_hash {text},
  external_issuer {text},
  external_subject {text},
  created_at {number} not null,
  last_sign_in_at {number},
  epoch {number} not null
);
create unique index account_principal_name on account (folded_principal_name);
create unique index account_external_identity on account (external_issuer, external_subject);

create table account_passkey (
  credential_id {text} primary key,
  object_id {text} not null references account (object_id) on delete cascade,
  public_key {text} not null,
  counter {number} not null,
  transports {text} not null,
  name {text} not null,
  created_at {number} not null,
  last_used_at {number}
);
create index account_passkey_owner on account_passkey (object_id);

create table handed_secret (
  secret_hash {text} primary key,
  kind {text} not null,
  object_id {text} not null,
  family_id {text} not null,
  expires_at {number} not null,
  used_at {number},
  content {text} not null
);
create index handed_secret_owner on handed_secret (object_id);
create index handed_secret_family on handed_secret (family_id);
create index handed_secret_end on handed_secret (expires_at);

create table sign_in_attempt (
  attempt_key {text} primary key,
  failures {number} not null,
  waits_until {number} not null
);
create index sign_in_attempt_end on sign_in_attempt (waits_until);
