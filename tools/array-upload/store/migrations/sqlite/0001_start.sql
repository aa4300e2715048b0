-- Times are micros since 1970 (UTC); booleans 0/1; ids UUID text.
CREATE TABLE organizations (id TEXT PRIMARY KEY, name TEXT NOT NULL, created INTEGER NOT NULL) STRICT;
CREATE TABLE users (
  id TEXT PRIMARY KEY, organization TEXT NOT NULL REFERENCES organizations(id), email TEXT NOT NULL UNIQUE, name TEXT NOT NULL,
  role TEXT NOT NULL, password_hash TEXT, active INTEGER NOT NULL DEFAULT 1, created INTEGER NOT NULL,
  tokens_after INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE TABLE api_keys (
  id TEXT PRIMARY KEY, user_id TEXT NOT NULL REFERENCES users(id), name TEXT NOT NULL, prefix TEXT NOT NULL, hash TEXT NOT NULL,
  ip_ranges TEXT, expires INTEGER NOT NULL DEFAULT 0, revoked INTEGER NOT NULL DEFAULT 0, created INTEGER NOT NULL,
  last_used INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE INDEX api_keys_prefix ON api_keys(prefix);
CREATE TABLE projects (
  id TEXT PRIMARY KEY, organization TEXT NOT NULL REFERENCES organizations(id), name TEXT NOT NULL, description TEXT NOT NULL,
  capability TEXT NOT NULL, brand TEXT, hidden INTEGER NOT NULL DEFAULT 0, locked INTEGER NOT NULL DEFAULT 0,
  is_default INTEGER NOT NULL DEFAULT 0, deleted INTEGER NOT NULL DEFAULT 0, created INTEGER NOT NULL,
  modified INTEGER NOT NULL) STRICT;
CREATE INDEX projects_organization ON projects(organization);
CREATE TABLE samples (
  id TEXT PRIMARY KEY, project TEXT NOT NULL REFERENCES projects(id), client_id TEXT NOT NULL, metadata TEXT,
  redirect_on_success TEXT NOT NULL, redirect_on_failure TEXT NOT NULL, jti TEXT NOT NULL, state INTEGER NOT NULL,
  version INTEGER NOT NULL DEFAULT 1, created INTEGER NOT NULL, modified INTEGER NOT NULL, hidden INTEGER NOT NULL DEFAULT 0,
  link_exp INTEGER NOT NULL, window_end INTEGER NOT NULL DEFAULT 0, accepted INTEGER NOT NULL DEFAULT 0,
  revoked INTEGER NOT NULL DEFAULT 0, deleted INTEGER NOT NULL DEFAULT 0, status_id TEXT NOT NULL, status_note TEXT NOT NULL,
  status_created INTEGER NOT NULL, run TEXT, run_no INTEGER NOT NULL DEFAULT 0, failed_qc TEXT,
  rejected INTEGER NOT NULL DEFAULT 0, created_by TEXT NOT NULL) STRICT;
CREATE INDEX samples_project ON samples(project, modified);
CREATE INDEX samples_state ON samples(state, modified);
CREATE TABLE sample_statuses (
  id TEXT PRIMARY KEY, sample TEXT NOT NULL REFERENCES samples(id), n INTEGER NOT NULL, status TEXT NOT NULL, note TEXT NOT NULL,
  created INTEGER NOT NULL, UNIQUE (sample, n)) STRICT;
CREATE TABLE page_sessions (
  id TEXT PRIMARY KEY, sample TEXT NOT NULL REFERENCES samples(id), opened INTEGER NOT NULL, deadline INTEGER NOT NULL,
  extensions INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE INDEX page_sessions_sample ON page_sessions(sample);
CREATE TABLE attempts (
  id TEXT PRIMARY KEY, sample TEXT NOT NULL REFERENCES samples(id), page_session TEXT NOT NULL REFERENCES page_sessions(id),
  server TEXT NOT NULL, state TEXT NOT NULL, reason TEXT NOT NULL DEFAULT '', code TEXT NOT NULL DEFAULT '',
  created INTEGER NOT NULL, ended INTEGER NOT NULL DEFAULT 0, size INTEGER NOT NULL DEFAULT 0,
  sha256 TEXT NOT NULL DEFAULT '') STRICT;
CREATE INDEX attempts_sample ON attempts(sample);
CREATE INDEX attempts_open ON attempts(server, state) WHERE state IN ('receiving', 'checking');
CREATE TABLE files (
  id TEXT PRIMARY KEY, sample TEXT NOT NULL REFERENCES samples(id), type TEXT NOT NULL, blob_key TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL, sha256 TEXT NOT NULL, size INTEGER NOT NULL, created INTEGER NOT NULL,
  purged INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE INDEX files_sample ON files(sample);
CREATE TABLE quality_controls (
  sample TEXT NOT NULL REFERENCES samples(id), key TEXT NOT NULL, n INTEGER NOT NULL, value_text TEXT NOT NULL, status TEXT NOT NULL,
  expected REAL, measured REAL, PRIMARY KEY (sample, key)) STRICT;
CREATE TABLE jobs (
  sample TEXT PRIMARY KEY REFERENCES samples(id), run TEXT, tries INTEGER NOT NULL DEFAULT 0,
  takeovers INTEGER NOT NULL DEFAULT 0, owner TEXT, lease_until INTEGER NOT NULL DEFAULT 0, available INTEGER NOT NULL,
  created INTEGER NOT NULL) STRICT;
CREATE INDEX jobs_available ON jobs(available);
CREATE TABLE subscriptions (
  id TEXT PRIMARY KEY, project TEXT NOT NULL REFERENCES projects(id), name TEXT NOT NULL, target TEXT NOT NULL,
  event_types TEXT NOT NULL, sealed TEXT, created INTEGER NOT NULL, flagged INTEGER NOT NULL DEFAULT 0,
  deleted INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE INDEX subscriptions_project ON subscriptions(project);
CREATE TABLE outbox (
  id TEXT PRIMARY KEY, subscription TEXT NOT NULL REFERENCES subscriptions(id), sample TEXT, event_id TEXT NOT NULL,
  event_type TEXT NOT NULL, body TEXT NOT NULL, retry INTEGER NOT NULL, state TEXT NOT NULL DEFAULT 'pending',
  attempt INTEGER NOT NULL DEFAULT 0, due INTEGER NOT NULL, owner TEXT, lease_until INTEGER NOT NULL DEFAULT 0,
  created INTEGER NOT NULL) STRICT;
CREATE INDEX outbox_due ON outbox(due) WHERE state = 'pending';
CREATE TABLE notifications (
  id TEXT PRIMARY KEY, subscription TEXT NOT NULL REFERENCES subscriptions(id), delivery TEXT NOT NULL REFERENCES outbox(id),
  event_type TEXT NOT NULL, http_status INTEGER NOT NULL, message TEXT NOT NULL, created INTEGER NOT NULL) STRICT;
CREATE INDEX notifications_subscription ON notifications(subscription, created);
CREATE TABLE signing_keys (
  kid TEXT PRIMARY KEY, purpose TEXT NOT NULL, sealed TEXT NOT NULL, created INTEGER NOT NULL,
  retired INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE TABLE blocked_tokens (jti TEXT PRIMARY KEY, until INTEGER NOT NULL) STRICT;
CREATE TABLE idempotency (
  user_id TEXT NOT NULL, key TEXT NOT NULL, sample TEXT NOT NULL, created INTEGER NOT NULL, PRIMARY KEY (user_id, key)) STRICT;
CREATE TABLE audit (
  n INTEGER PRIMARY KEY, organization TEXT NOT NULL, actor TEXT NOT NULL, event TEXT NOT NULL, object TEXT NOT NULL,
  detail TEXT NOT NULL, created INTEGER NOT NULL, hash TEXT NOT NULL) STRICT;
CREATE TABLE purges (blob_key TEXT PRIMARY KEY, created INTEGER NOT NULL) STRICT;
