-- What a link opens: 0 the person's page, 1 the report of what was found.
ALTER TABLE person_links ADD COLUMN kind INTEGER NOT NULL DEFAULT 0;
