-- What Microsoft Graph's directory asks of ours: lists in order by type, reports of a manager, owners, a journal for delta
-- queries, applications with their service principals.

alter table directory_object add column manager_id {text};
update directory_object set manager_id = {managerOfAttributes} where object_type = 'User';
create index directory_object_manager on directory_object (manager_id, object_id);

drop index directory_object_principal_name;
drop index directory_object_mail;
create index directory_object_names on directory_object (object_type, presence, folded_display_name, object_id);
create index directory_object_principal_names on directory_object (object_type, presence, folded_principal_name, object_id);
create index directory_object_mails on directory_object (object_type, presence, folded_mail, object_id);

create table directory_owner (
  owned_id {text} not null,
  owner_id {text} not null,
  primary key (owned_id, owner_id)
) {clustered};
create index directory_owner_owner on directory_owner (owner_id, owned_id);

-- What each write changed, in order: the state says what is, the journal what has become different. Old entries go.
create table directory_journal (
  object_type {text} not null,
  journal_number {number} not null,
  object_id {text} not null,
  change {text} not null,
  primary key (object_type, journal_number)
) {clustered};
insert into counter (name, value) values ('journal', 0);

create table directory_application (
  object_id {text} primary key,
  object_type {text} not null,
  presence {text} not null,
  deleted_at {number},
  app_id {text} not null,
  properties {text} not null
);
create index directory_application_presence on directory_application (object_type, presence, object_id);
create index directory_application_app on directory_application (app_id, object_type);

alter table directory_assignment add column created_at {number};
