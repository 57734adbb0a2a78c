-- Adding signals is one call to the server too. `whose` says of each signal which of the named machines it is of; `fresh`, where it is asked
-- for, which signals were added: a list in JSON of machine, space and uuid.
CREATE OR REPLACE FUNCTION add_signals(named TEXT[], whose INTEGER[], uuids TEXT[], payloads TEXT[], tell BOOLEAN, noise_ms BIGINT, offset_ms BIGINT)
  RETURNS TABLE (added BIGINT, change_id BIGINT, fresh TEXT) LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
#variable_conflict use_column
DECLARE
  instant BIGINT;
  ids BIGINT[];
  asleep BIGINT[];
BEGIN
  LOOP
    -- The lock keeps the machines from falling asleep until these signals can be seen; it is in nobody else's way.
    SELECT array_agg(held.id ORDER BY held.place), array_agg(held.id) FILTER (WHERE held.due_at IS NULL) INTO ids, asleep
      FROM (SELECT m.id, n.place, m.due_at FROM unnest(named) WITH ORDINALITY AS n (machine_id, place)
        JOIN machines m ON m.machine_id = n.machine_id ORDER BY m.id FOR KEY SHARE OF m) AS held;
    -- Again where somebody else deletes one of them in between.
    EXIT WHEN cardinality(ids) = cardinality(named);
    INSERT INTO machines (machine_id) SELECT n.machine_id FROM unnest(named) AS n (machine_id)
      WHERE NOT EXISTS (SELECT 1 FROM machines m WHERE m.machine_id = n.machine_id) ORDER BY n.machine_id
      ON CONFLICT (machine_id) DO NOTHING;
  END LOOP;
  instant := (extract(epoch FROM clock_timestamp()) * 1000)::bigint + offset_ms;
  WITH inserted AS (INSERT INTO signals (machine, uuid, payload, changed_at)
    SELECT ids[s.place], s.uuid, s.payload, instant FROM (
      SELECT unnest(whose) AS place, unnest(uuids) AS uuid, unnest(payloads) AS payload) AS s
    ON CONFLICT (uuid, machine) DO NOTHING RETURNING machine, uuid)
  SELECT count(*), json_agg(array_position(ids, i.machine) || ' ' || i.uuid) FILTER (WHERE tell)
    INTO added, fresh FROM inserted i;
  IF added > 0 THEN
    INSERT INTO pending_changes (change) VALUES (added) RETURNING pending_changes.id INTO change_id;
    IF asleep IS NOT NULL THEN
      UPDATE machines m SET
          put_at = CASE WHEN m.due_at IS NULL THEN instant ELSE m.put_at END,
          due_at = coalesce(m.due_at, greatest(instant, CASE WHEN m.failing_put_at > instant + noise_ms THEN 0 ELSE m.failing_until END))
        WHERE m.id IN (SELECT a.id FROM machines a WHERE a.id = ANY(asleep) ORDER BY a.id FOR NO KEY UPDATE);
    END IF;
  END IF;
  RETURN NEXT;
END $$;

-- What take_lease does, told in one row: signals are uuid, token, payload, token, uuid and so on, as nobody can guess the token. take_lease
-- stays for processes that were started before.
CREATE OR REPLACE FUNCTION lease_next(of_token TEXT, for_ms BIGINT, most INTEGER, noise_ms BIGINT, offset_ms BIGINT)
  RETURNS TABLE (machine_id TEXT, attempts INTEGER, attempts_for_ms BIGINT, now_ms BIGINT, credentials TEXT, signals TEXT)
  LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
#variable_conflict use_column
DECLARE
  instant BIGINT := (extract(epoch FROM clock_timestamp()) * 1000)::bigint + offset_ms;
  taken BIGINT;
  seqs BIGINT[];
  joined TEXT;
BEGIN
  SELECT m.id INTO taken FROM machines m WHERE m.due_at IS NOT NULL AND m.put_at > instant + noise_ms
    ORDER BY m.put_at LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED;
  IF taken IS NULL THEN
    SELECT m.id INTO taken FROM machines m WHERE m.due_at <= instant
      ORDER BY m.due_at LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED;
  END IF;
  IF taken IS NULL THEN RETURN; END IF;
  SELECT array_agg(f.seq ORDER BY f.seq), string_agg(f.uuid || of_token || f.payload, of_token ORDER BY f.seq) INTO seqs, joined
    FROM first_pending(taken, most) f;
  RETURN QUERY UPDATE machines m SET lease_token = of_token, lease_until = instant + for_ms, due_at = instant + for_ms, put_at = instant,
      lease_seqs = coalesce(seqs, '{}'), attempts_since = least(m.attempts_since, instant)
    WHERE m.id = taken
    RETURNING m.machine_id, m.attempts, instant - m.attempts_since, instant,
      (SELECT to_jsonb(c)::text FROM credentials c WHERE c.machine_id = m.machine_id), joined;
END $$;
