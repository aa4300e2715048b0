-- What a sample's analysis is made of, where stages follow the conversion; no row: the conversion alone. state: waiting,
-- succeeded, failed, skipped. The job works on the first one that waits. started, ended: 0 = not yet.
CREATE TABLE stages (
  sample TEXT NOT NULL REFERENCES samples(id), n INTEGER NOT NULL, state TEXT NOT NULL, note TEXT NOT NULL,
  tries INTEGER NOT NULL DEFAULT 0, started INTEGER NOT NULL DEFAULT 0, ended INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (sample, n)) STRICT;
