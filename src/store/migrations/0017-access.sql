-- Who may do what (spec section 16): roles made here, and who has which role on what. Built-in roles are no rows.
create table custom_role (
  role_definition_id {text} primary key,
  display_name {text} not null,
  description {text},
  is_enabled {number} not null,
  actions {text} not null
);

create table role_assignment (
  role_assignment_id {text} primary key,
  principal_id {text} not null,
  role_definition_id {text} not null,
  directory_scope_id {text} not null,
  created_at {number} not null
);
create unique index role_assignment_once on role_assignment (principal_id, role_definition_id, directory_scope_id);
create index role_assignment_role on role_assignment (role_definition_id);

insert into counter (name, value) values ('access', 0);
