-- A job's schedule apart from its health (spec 2.4), and what an initial cycle with too many failures leaves behind (6.1).

alter table job add column schedule_state {text} not null default 'Active';
alter table job add column escrows_pruned {number} not null default 0;
update job set schedule_state = 'Paused' where status = 'Paused';
update job set schedule_state = 'Disabled' where status = 'NotConfigured';

-- When a cycle that goes on first broke off without coming further since.
alter table cycle add column broken_since {number};
