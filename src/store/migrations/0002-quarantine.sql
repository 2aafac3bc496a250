-- A job's degraded state, as JSON (spec section 9), and removals that wait for an administrator (spec section 8).

alter table job add column quarantine {text};

alter table held_removal add column state {text} not null default 'held';
