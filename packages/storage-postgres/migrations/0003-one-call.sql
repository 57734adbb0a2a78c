-- Each step of sending, and each write of a state, is one call to the server. plpgsql, because each statement of it has a view of its
-- own: one that follows a lock sees what the lock was waited for. Instants are made here, so the clock's noise and the offset of tests come in.

CREATE OR REPLACE FUNCTION take_lease(of_token TEXT, for_ms BIGINT, most INTEGER, noise_ms BIGINT, offset_ms BIGINT)
  RETURNS TABLE (machine_id TEXT, attempts INTEGER, attempts_for_ms BIGINT, now_ms BIGINT, credentials TEXT, uuid TEXT, payload TEXT)
  LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
#variable_conflict use_column
DECLARE
  instant BIGINT := (extract(epoch FROM clock_timestamp()) * 1000)::bigint + offset_ms;
  taken BIGINT;
  seqs BIGINT[];
  uuids TEXT[];
  payloads TEXT[];
BEGIN
  -- First one whose time was written by a clock that has been put back since, then the one that has been due longest; past those that
  -- others are just taking.
  SELECT m.id INTO taken FROM machines m WHERE m.due_at IS NOT NULL AND m.put_at > instant + noise_ms
    ORDER BY m.put_at LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED;
  IF taken IS NULL THEN
    SELECT m.id INTO taken FROM machines m WHERE m.due_at <= instant
      ORDER BY m.due_at LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED;
  END IF;
  IF taken IS NULL THEN RETURN; END IF;
  SELECT array_agg(f.seq), array_agg(f.uuid), array_agg(f.payload) INTO seqs, uuids, payloads FROM first_pending(taken, most) f;
  -- One row about the machine, then one for each signal.
  RETURN QUERY UPDATE machines m SET lease_token = of_token, lease_until = instant + for_ms, due_at = instant + for_ms, put_at = instant,
      lease_seqs = coalesce(seqs, '{}'), attempts_since = least(m.attempts_since, instant)
    WHERE m.id = taken
    RETURNING m.machine_id, m.attempts, instant - m.attempts_since, instant,
      (SELECT to_jsonb(c)::text FROM credentials c WHERE c.machine_id = m.machine_id), NULL::text, NULL::text;
  RETURN QUERY SELECT NULL::text, NULL::integer, NULL::bigint, NULL::bigint, NULL::text, s.uuid, s.payload
    FROM unnest(uuids, payloads) AS s (uuid, payload);
END $$;

CREATE OR REPLACE FUNCTION settle_lease(of_machine TEXT, of_token TEXT, sent_uuids TEXT[], keep_sent BOOLEAN, rejected_uuids TEXT[], reasons TEXT[],
    statuses INTEGER[], attempt INTEGER, delay_ms BIGINT, noise_ms BIGINT, offset_ms BIGINT)
  RETURNS TABLE (id BIGINT, has_more BOOLEAN, change_id BIGINT)
  LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
#variable_conflict use_column
DECLARE
  instant BIGINT;
  held RECORD;
  sent_count BIGINT := 0;
  rejected_count BIGINT := 0;
  change BIGINT;
BEGIN
  SELECT m.id, m.lease_seqs AS seqs INTO held FROM machines m
    WHERE m.machine_id = of_machine AND m.lease_token = of_token FOR NO KEY UPDATE;
  IF NOT FOUND THEN RETURN; END IF;
  instant := (extract(epoch FROM clock_timestamp()) * 1000)::bigint + offset_ms;
  IF cardinality(sent_uuids) > 0 THEN
    IF keep_sent THEN
      UPDATE signals s SET state = 2, changed_at = instant
        WHERE s.machine = held.id AND s.state = 0 AND s.seq = ANY(held.seqs) AND s.uuid = ANY(sent_uuids);
    ELSE
      DELETE FROM signals s
        WHERE s.machine = held.id AND s.state = 0 AND s.seq = ANY(held.seqs) AND s.uuid = ANY(sent_uuids);
    END IF;
    GET DIAGNOSTICS sent_count = ROW_COUNT;
  END IF;
  IF cardinality(rejected_uuids) > 0 THEN
    -- A list may not be able to hold NULL: see array_nulls. No status is 0 there.
    UPDATE signals s SET state = 1, changed_at = instant, reason = r.reason, http_status = nullif(r.status, 0)
      FROM unnest(rejected_uuids, reasons, statuses) AS r (uuid, reason, status)
      WHERE s.machine = held.id AND s.state = 0 AND s.seq = ANY(held.seqs) AND s.uuid = r.uuid;
    GET DIAGNOSTICS rejected_count = ROW_COUNT;
  END IF;
  IF sent_count + rejected_count > 0 THEN
    INSERT INTO pending_changes (change) VALUES (-sent_count - rejected_count) RETURNING pending_changes.id INTO change;
  END IF;
  -- Due again at once or after the delay. Falling asleep is another transaction's matter.
  RETURN QUERY UPDATE machines m SET
      lease_token = NULL, lease_until = 0, lease_seqs = '{}', sent = m.sent + sent_count, rejected = m.rejected + rejected_count,
      attempts = CASE WHEN sent_count + rejected_count > 0 THEN 0 ELSE m.attempts END + attempt,
      attempts_since = CASE WHEN attempt = 0 OR (m.attempts > 0 AND sent_count + rejected_count = 0)
        THEN least(m.attempts_since, instant) ELSE instant END,
      put_at = instant,
      due_at = greatest(instant + delay_ms, CASE WHEN m.failing_put_at > instant + noise_ms THEN 0 ELSE m.failing_until END)
    WHERE m.id = held.id
    RETURNING m.id, EXISTS (SELECT 1 FROM signals s WHERE s.machine = m.id AND s.state = 0), change;
END $$;

-- Says whether it was written. A lock of the key's own serves where there is no row to lock yet.
CREATE OR REPLACE FUNCTION put_state(of_key TEXT, new_value BYTEA, new_version BIGINT, if_version BIGINT, for_ms BIGINT,
    lock_name TEXT, noise_ms BIGINT, offset_ms BIGINT)
  RETURNS BOOLEAN LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
#variable_conflict use_column
DECLARE
  instant BIGINT;
  found_version BIGINT;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended(lock_name || of_key, 0));
  instant := (extract(epoch FROM clock_timestamp()) * 1000)::bigint + offset_ms;
  IF if_version IS NOT NULL THEN
    SELECT s.version INTO found_version FROM state s
      WHERE s.key = of_key AND (s.expires_at IS NULL OR (s.expires_at > instant AND s.put_at <= instant + noise_ms));
    IF coalesce(found_version, 0) <> if_version THEN RETURN false; END IF;
  END IF;
  IF new_value IS NULL THEN
    DELETE FROM state s WHERE s.key = of_key;
  ELSE
    INSERT INTO state (key, value, version, expires_at, put_at) VALUES (of_key, new_value, new_version, instant + for_ms, instant)
      ON CONFLICT (key) DO UPDATE SET value = excluded.value, version = excluded.version, expires_at = excluded.expires_at,
        put_at = excluded.put_at;
  END IF;
  RETURN true;
END $$;
