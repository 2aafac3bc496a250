-- What else the provisioning log is filtered by, and the refusal to change an entry once it is written (spec 12.1, 12.5).

alter table log_entry add column change_id {text} not null default '';
alter table log_entry add column error_code {text} not null default '';
alter table log_entry add column folded_systems {text} not null default '';

update log_entry set
  change_id = coalesce(
    (select trim(cast(t.entry{json} -> 'changeId' as text), '"')
      from log_entry_text t where t.entry_number = log_entry.entry_number), ''),
  error_code = coalesce(
    (select trim(cast(t.entry{json} -> 'provisioningStatusInfo' -> 'errorInformation' -> 'errorCode' as text), '"')
      from log_entry_text t where t.entry_number = log_entry.entry_number), ''),
  folded_systems = coalesce(
    (select lower(trim(cast(t.entry{json} -> 'sourceSystem' -> 'displayName' as text), '"') || ' ' ||
        trim(cast(t.entry{json} -> 'targetSystem' -> 'displayName' as text), '"'))
      from log_entry_text t where t.entry_number = log_entry.entry_number), '');

create index log_entry_change on log_entry (change_id);
create index log_entry_error on log_entry (error_code, activity_at, entry_number) where error_code <> '';

-- Costs nothing: it fires for an update of a row, and nobody makes one.
{refusal_of_changes}
create trigger log_entry_is_final before update on log_entry {refuse_change};
create trigger log_entry_text_is_final before update on log_entry_text {refuse_change};
