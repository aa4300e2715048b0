-- Merges of a project's VCFs. state: scheduled, running, succeeded, failed; status_*: the newest of it.
CREATE TABLE merges (
  id TEXT PRIMARY KEY, project TEXT NOT NULL REFERENCES projects(id), user_id TEXT NOT NULL, state TEXT NOT NULL,
  note TEXT NOT NULL DEFAULT '', status_id TEXT NOT NULL, status_created INTEGER NOT NULL, created INTEGER NOT NULL,
  tries INTEGER NOT NULL DEFAULT 0, owner TEXT, lease_until INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE INDEX merges_project ON merges(project, created);
CREATE INDEX merges_open ON merges(created) WHERE state IN ('scheduled', 'running');
-- Whose genotypes are in it: written when it begins.
CREATE TABLE merge_samples (
  merge TEXT NOT NULL REFERENCES merges(id), sample TEXT NOT NULL REFERENCES samples(id), PRIMARY KEY (merge, sample)) STRICT;
CREATE INDEX merge_samples_sample ON merge_samples(sample);
CREATE TABLE merge_files (
  id TEXT PRIMARY KEY, merge TEXT NOT NULL REFERENCES merges(id), type TEXT NOT NULL, blob_key TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL, sha256 TEXT NOT NULL, size INTEGER NOT NULL, created INTEGER NOT NULL,
  purged INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE INDEX merge_files_merge ON merge_files(merge);
