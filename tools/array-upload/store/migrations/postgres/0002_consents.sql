-- shown: the consents a page session's form asked for, JSON [{purpose, version, text, required}].
ALTER TABLE page_sessions ADD COLUMN shown TEXT;
-- rezipped: the page packed a plain file itself.
ALTER TABLE attempts ADD COLUMN rezipped BIGINT NOT NULL DEFAULT 0;
-- What the form of an attempt was answered with; the accepted attempt's rows are the sample's. given, withdrawn: 0 = not.
CREATE TABLE consents (
  attempt TEXT NOT NULL REFERENCES attempts(id), sample TEXT NOT NULL REFERENCES samples(id), n BIGINT NOT NULL,
  purpose TEXT NOT NULL, version TEXT NOT NULL, text TEXT NOT NULL, given BIGINT NOT NULL,
  withdrawn BIGINT NOT NULL DEFAULT 0, PRIMARY KEY (attempt, purpose));
CREATE INDEX consents_sample ON consents(sample);
-- The sign of life of the duties that have no port.
CREATE TABLE duties (name TEXT NOT NULL, server TEXT NOT NULL, seen BIGINT NOT NULL, PRIMARY KEY (name, server));
-- The mark this database left in the blob store last, and the one it was about to leave: see worker/mark.h.
CREATE TABLE blob_mark (one BIGINT PRIMARY KEY, current TEXT NOT NULL, next TEXT NOT NULL);
INSERT INTO blob_mark (one, current, next) VALUES (1, '', '');
