-- Times are micros since 1970 (UTC); booleans 0/1; ids UUID text.
CREATE TABLE organizations (id TEXT PRIMARY KEY, name TEXT NOT NULL, created BIGINT NOT NULL);
CREATE TABLE users (
  id TEXT PRIMARY KEY, organization TEXT NOT NULL REFERENCES organizations(id), email TEXT NOT NULL UNIQUE, name TEXT NOT NULL,
  role TEXT NOT NULL, password_hash TEXT, active BIGINT NOT NULL DEFAULT 1, created BIGINT NOT NULL,
  tokens_after BIGINT NOT NULL DEFAULT 0);
CREATE TABLE api_keys (
  id TEXT PRIMARY KEY, user_id TEXT NOT NULL REFERENCES users(id), name TEXT NOT NULL, prefix TEXT NOT NULL, hash TEXT NOT NULL,
  ip_ranges TEXT, expires BIGINT NOT NULL DEFAULT 0, revoked BIGINT NOT NULL DEFAULT 0, created BIGINT NOT NULL,
  last_used BIGINT NOT NULL DEFAULT 0);
CREATE INDEX api_keys_prefix ON api_keys(prefix);
CREATE TABLE projects (
  id TEXT PRIMARY KEY, organization TEXT NOT NULL REFERENCES organizations(id), name TEXT NOT NULL, description TEXT NOT NULL,
  capability TEXT NOT NULL, brand TEXT, hidden BIGINT NOT NULL DEFAULT 0, locked BIGINT NOT NULL DEFAULT 0,
  is_default BIGINT NOT NULL DEFAULT 0, deleted BIGINT NOT NULL DEFAULT 0, created BIGINT NOT NULL,
  modified BIGINT NOT NULL);
CREATE INDEX projects_organization ON projects(organization);
CREATE TABLE samples (
  id TEXT PRIMARY KEY, project TEXT NOT NULL REFERENCES projects(id), client_id TEXT NOT NULL, metadata TEXT,
  redirect_on_success TEXT NOT NULL, redirect_on_failure TEXT NOT NULL, jti TEXT NOT NULL, state BIGINT NOT NULL,
  version BIGINT NOT NULL DEFAULT 1, created BIGINT NOT NULL, modified BIGINT NOT NULL, hidden BIGINT NOT NULL DEFAULT 0,
  link_exp BIGINT NOT NULL, window_end BIGINT NOT NULL DEFAULT 0, accepted BIGINT NOT NULL DEFAULT 0,
  revoked BIGINT NOT NULL DEFAULT 0, deleted BIGINT NOT NULL DEFAULT 0, status_id TEXT NOT NULL, status_note TEXT NOT NULL,
  status_created BIGINT NOT NULL, run TEXT, run_no BIGINT NOT NULL DEFAULT 0, failed_qc TEXT,
  rejected BIGINT NOT NULL DEFAULT 0, created_by TEXT NOT NULL);
CREATE INDEX samples_project ON samples(project, modified);
CREATE INDEX samples_state ON samples(state, modified);
CREATE TABLE sample_statuses (
  id TEXT PRIMARY KEY, sample TEXT NOT NULL REFERENCES samples(id), n BIGINT NOT NULL, status TEXT NOT NULL, note TEXT NOT NULL,
  created BIGINT NOT NULL, UNIQUE (sample, n));
CREATE TABLE page_sessions (
  id TEXT PRIMARY KEY, sample TEXT NOT NULL REFERENCES samples(id), opened BIGINT NOT NULL, deadline BIGINT NOT NULL,
  extensions BIGINT NOT NULL DEFAULT 0);
CREATE INDEX page_sessions_sample ON page_sessions(sample);
CREATE TABLE attempts (
  id TEXT PRIMARY KEY, sample TEXT NOT NULL REFERENCES samples(id), page_session TEXT NOT NULL REFERENCES page_sessions(id),
  server TEXT NOT NULL, state TEXT NOT NULL, reason TEXT NOT NULL DEFAULT '', code TEXT NOT NULL DEFAULT '',
  created BIGINT NOT NULL, ended BIGINT NOT NULL DEFAULT 0, size BIGINT NOT NULL DEFAULT 0,
  sha256 TEXT NOT NULL DEFAULT '');
CREATE INDEX attempts_sample ON attempts(sample);
CREATE INDEX attempts_open ON attempts(server, state) WHERE state IN ('receiving', 'checking');
CREATE TABLE files (
  id TEXT PRIMARY KEY, sample TEXT NOT NULL REFERENCES samples(id), type TEXT NOT NULL, blob_key TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL, sha256 TEXT NOT NULL, size BIGINT NOT NULL, created BIGINT NOT NULL,
  purged BIGINT NOT NULL DEFAULT 0);
CREATE INDEX files_sample ON files(sample);
CREATE TABLE quality_controls (
  sample TEXT NOT NULL REFERENCES samples(id), key TEXT NOT NULL, n BIGINT NOT NULL, value_text TEXT NOT NULL, status TEXT NOT NULL,
  expected DOUBLE PRECISION, measured DOUBLE PRECISION, PRIMARY KEY (sample, key));
CREATE TABLE jobs (
  sample TEXT PRIMARY KEY REFERENCES samples(id), run TEXT, tries BIGINT NOT NULL DEFAULT 0,
  takeovers BIGINT NOT NULL DEFAULT 0, owner TEXT, lease_until BIGINT NOT NULL DEFAULT 0, available BIGINT NOT NULL,
  created BIGINT NOT NULL);
CREATE INDEX jobs_available ON jobs(available);
CREATE TABLE subscriptions (
  id TEXT PRIMARY KEY, project TEXT NOT NULL REFERENCES projects(id), name TEXT NOT NULL, target TEXT NOT NULL,
  event_types TEXT NOT NULL, sealed TEXT, created BIGINT NOT NULL, flagged BIGINT NOT NULL DEFAULT 0,
  deleted BIGINT NOT NULL DEFAULT 0);
CREATE INDEX subscriptions_project ON subscriptions(project);
CREATE TABLE outbox (
  id TEXT PRIMARY KEY, subscription TEXT NOT NULL REFERENCES subscriptions(id), sample TEXT, event_id TEXT NOT NULL,
  event_type TEXT NOT NULL, body TEXT NOT NULL, retry BIGINT NOT NULL, state TEXT NOT NULL DEFAULT 'pending',
  attempt BIGINT NOT NULL DEFAULT 0, due BIGINT NOT NULL, owner TEXT, lease_until BIGINT NOT NULL DEFAULT 0,
  created BIGINT NOT NULL);
CREATE INDEX outbox_due ON outbox(due) WHERE state = 'pending';
CREATE TABLE notifications (
  id TEXT PRIMARY KEY, subscription TEXT NOT NULL REFERENCES subscriptions(id), delivery TEXT NOT NULL REFERENCES outbox(id),
  event_type TEXT NOT NULL, http_status BIGINT NOT NULL, message TEXT NOT NULL, created BIGINT NOT NULL);
CREATE INDEX notifications_subscription ON notifications(subscription, created);
CREATE TABLE signing_keys (
  kid TEXT PRIMARY KEY, purpose TEXT NOT NULL, sealed TEXT NOT NULL, created BIGINT NOT NULL,
  retired BIGINT NOT NULL DEFAULT 0);
CREATE TABLE blocked_tokens (jti TEXT PRIMARY KEY, until BIGINT NOT NULL);
CREATE TABLE idempotency (
  user_id TEXT NOT NULL, key TEXT NOT NULL, sample TEXT NOT NULL, created BIGINT NOT NULL, PRIMARY KEY (user_id, key));
CREATE TABLE audit (
  n BIGINT PRIMARY KEY, organization TEXT NOT NULL, actor TEXT NOT NULL, event TEXT NOT NULL, object TEXT NOT NULL,
  detail TEXT NOT NULL, created BIGINT NOT NULL, hash TEXT NOT NULL);
CREATE TABLE purges (blob_key TEXT PRIMARY KEY, created BIGINT NOT NULL);
