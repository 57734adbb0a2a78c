-- One row per machine: its partition of the queue. Instants are epoch milliseconds.
CREATE TABLE machines (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  machine_id TEXT NOT NULL,
  due_at BIGINT,
  lease_token TEXT,
  lease_until BIGINT NOT NULL DEFAULT 0,
  lease_last BIGINT NOT NULL DEFAULT 0,
  held INTEGER NOT NULL DEFAULT 0,
  attempts INTEGER NOT NULL DEFAULT 0,
  attempts_since BIGINT NOT NULL DEFAULT 0,
  failing_until BIGINT NOT NULL DEFAULT 0,
  pending INTEGER NOT NULL DEFAULT 0,
  sent BIGINT NOT NULL DEFAULT 0,
  rejected INTEGER NOT NULL DEFAULT 0
);

CREATE UNIQUE INDEX machines_machine_id_key ON machines (machine_id);

CREATE INDEX machines_due ON machines (due_at) WHERE due_at IS NOT NULL;

CREATE TABLE credentials (
  machine INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  password TEXT NOT NULL,
  registered BOOLEAN NOT NULL DEFAULT false,
  token TEXT,
  token_scenarios TEXT,
  token_expires_at BIGINT,
  auth_failures INTEGER NOT NULL DEFAULT 0,
  failing_reason TEXT,
  failing_message TEXT,
  failing_count INTEGER NOT NULL DEFAULT 0,
  failing_since BIGINT,
  failing_retry_at BIGINT,
  CONSTRAINT credentials_machine_fkey FOREIGN KEY (machine) REFERENCES machines (id) ON DELETE CASCADE ON UPDATE CASCADE
);

-- AUTOINCREMENT: the id of a deleted newest row must not come back, or a late settle would meet a stranger.
CREATE TABLE signals (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  machine INTEGER NOT NULL,
  uuid TEXT NOT NULL,
  state INTEGER NOT NULL DEFAULT 0,
  payload TEXT NOT NULL,
  changed_at BIGINT NOT NULL,
  reason TEXT,
  http_status INTEGER,
  CONSTRAINT signals_machine_fkey FOREIGN KEY (machine) REFERENCES machines (id) ON DELETE CASCADE ON UPDATE CASCADE
);

CREATE UNIQUE INDEX signals_uuid ON signals (uuid, machine);

CREATE INDEX signals_pending ON signals (machine, id) WHERE state = 0;

CREATE INDEX signals_settled ON signals (state, id) WHERE state > 0;

CREATE TABLE state (
  key TEXT NOT NULL PRIMARY KEY,
  value BLOB NOT NULL,
  version BIGINT NOT NULL,
  expires_at BIGINT
);
