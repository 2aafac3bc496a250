-- What a write changed and what was there before, beside the entry that tells of it; it lives as long as the entry.

alter table log_entry_text add column before_image {text};
