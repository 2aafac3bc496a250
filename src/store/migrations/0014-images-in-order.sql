-- Images of a cycle are read in the order they were saved, page by page, also when the clock has jumped back meanwhile.

create index log_entry_cycle_order on log_entry (cycle_id, entry_number);
