-- How many accounts and groups a job has is asked in cycles that have something to remove and in long ones; without this, each
-- link would be read whole for it.
create index link_state on link (job_id, object_type, is_active);
