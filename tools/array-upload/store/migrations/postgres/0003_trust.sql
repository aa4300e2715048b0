-- public_key: deliverables go to its holder, in Crypt4GH. uploads_a_day, bytes_a_day: 0 = no quota.
ALTER TABLE projects ADD COLUMN public_key TEXT;
ALTER TABLE projects ADD COLUMN uploads_a_day BIGINT NOT NULL DEFAULT 0;
ALTER TABLE projects ADD COLUMN bytes_a_day BIGINT NOT NULL DEFAULT 0;
CREATE INDEX attempts_created ON attempts(created);
-- The key store that this database's objects belong to; '' = not known yet.
CREATE TABLE key_store (one BIGINT PRIMARY KEY, id TEXT NOT NULL);
INSERT INTO key_store (one, id) VALUES (1, '');
-- Links to a person's own page. opened 0: not used yet; deadline: the end of its session.
CREATE TABLE person_links (
  id TEXT PRIMARY KEY, sample TEXT NOT NULL REFERENCES samples(id), project TEXT NOT NULL REFERENCES projects(id),
  expires BIGINT NOT NULL, opened BIGINT NOT NULL DEFAULT 0, deadline BIGINT NOT NULL DEFAULT 0,
  created BIGINT NOT NULL);
CREATE INDEX person_links_sample ON person_links(sample);
-- totp: sealed secret; totp_pending: one that is not confirmed yet; totp_step: the last time step whose code was used.
ALTER TABLE users ADD COLUMN totp TEXT;
ALTER TABLE users ADD COLUMN totp_pending TEXT;
ALTER TABLE users ADD COLUMN totp_step BIGINT NOT NULL DEFAULT 0;
CREATE TABLE recovery_codes (
  user_id TEXT NOT NULL REFERENCES users(id), hash TEXT NOT NULL, used BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (user_id, hash));
-- Log-ins that were tried, since the first one. account: hash of the e-mail address; device: a browser's own id, '' = all others.
CREATE TABLE login_tries (
  account TEXT NOT NULL, device TEXT NOT NULL, tries BIGINT NOT NULL, since BIGINT NOT NULL,
  PRIMARY KEY (account, device));
-- Log-ins that last: id is the jti of the refresh token.
CREATE TABLE user_sessions (
  id TEXT PRIMARY KEY, user_id TEXT NOT NULL REFERENCES users(id), created BIGINT NOT NULL, expires BIGINT NOT NULL,
  seen BIGINT NOT NULL, client TEXT NOT NULL, address TEXT NOT NULL);
CREATE INDEX user_sessions_user ON user_sessions(user_id);
-- Who looked at which sample: one row a day (days since 1970, UTC).
CREATE TABLE looks (
  sample TEXT NOT NULL REFERENCES samples(id), actor TEXT NOT NULL, what TEXT NOT NULL, day BIGINT NOT NULL,
  created BIGINT NOT NULL, PRIMARY KEY (sample, actor, what, day));
