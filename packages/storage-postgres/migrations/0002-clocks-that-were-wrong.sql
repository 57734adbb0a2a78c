-- Beside each instant, when it was written: one that lies ahead of the clock was written under a clock that has been put back since.
ALTER TABLE machines ADD COLUMN put_at BIGINT NOT NULL DEFAULT 0, ADD COLUMN failing_put_at BIGINT NOT NULL DEFAULT 0;

ALTER TABLE credentials ADD COLUMN token_put_at BIGINT NOT NULL DEFAULT 0, ADD COLUMN failing_put_at BIGINT NOT NULL DEFAULT 0;

ALTER TABLE state ADD COLUMN put_at BIGINT NOT NULL DEFAULT 0;

-- When older rows were written is not known: no more is believed than the longest that their kind is given.
UPDATE machines SET put_at = coalesce(due_at, 86400000) - 86400000, failing_put_at = failing_until - 86400000;

UPDATE credentials SET token_put_at = coalesce(token_expires_at, 86400000) - 86400000,
  failing_put_at = coalesce(failing_retry_at, 86400000) - 86400000;

UPDATE state SET put_at = coalesce(expires_at, 2678400000) - 2678400000;

CREATE INDEX machines_put ON machines (put_at) WHERE due_at IS NOT NULL;

-- What outlives the machines that it was counted for.
CREATE TABLE totals (
  name TEXT NOT NULL PRIMARY KEY,
  value BIGINT NOT NULL
);
