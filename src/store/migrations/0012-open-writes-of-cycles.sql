-- The cycle that sent the write: what it did is told as its doing, whenever that is found out.

alter table open_write add column cycle_id {text} not null default '';
