"""SQL of the triggers that keep evidence as it was written (R-086, tracing of responsibility: who said what must stay provable)."""

OUTBOUND = """
CREATE FUNCTION exchange_outbound_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'outbound messages are evidence and are not deleted' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF (NEW.message_id, NEW.receiver, NEW.stream_subject, NEW.position, NEW.type, NEW.at, NEW.fact_id, NEW.chain,
      NEW.told_before, NEW.data)
     IS DISTINCT FROM
     (OLD.message_id, OLD.receiver, OLD.stream_subject, OLD.position, OLD.type, OLD.at, OLD.fact_id, OLD.chain,
      OLD.told_before, OLD.data)
     OR (OLD.jws IS NOT NULL AND (NEW.jws, NEW.digest) IS DISTINCT FROM (OLD.jws, OLD.digest))
     OR (OLD.receipt IS NOT NULL AND NEW.receipt IS DISTINCT FROM OLD.receipt)
  THEN
    RAISE EXCEPTION 'what was said is not changed' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER exchange_outbound_guard BEFORE UPDATE OR DELETE ON exchange_outbound
  FOR EACH ROW EXECUTE FUNCTION exchange_outbound_guard();
"""

INBOUND = """
CREATE FUNCTION exchange_inbound_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'inbound messages are evidence and are not deleted' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF (NEW.message_id, NEW.sender, NEW.stream_subject, NEW.position, NEW.type, NEW.jws, NEW.digest, NEW.kid,
      NEW.receipt, NEW.received_at)
     IS DISTINCT FROM
     (OLD.message_id, OLD.sender, OLD.stream_subject, OLD.position, OLD.type, OLD.jws, OLD.digest, OLD.kid,
      OLD.receipt, OLD.received_at)
  THEN
    RAISE EXCEPTION 'what was received is not changed' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF OLD.state = 'applied' AND NEW.state <> 'applied' THEN
    RAISE EXCEPTION 'what was applied stays applied' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER exchange_inbound_guard BEFORE UPDATE OR DELETE ON exchange_inbound
  FOR EACH ROW EXECUTE FUNCTION exchange_inbound_guard();
"""

REVERSE = """
DROP TRIGGER IF EXISTS exchange_outbound_guard ON exchange_outbound;
DROP TRIGGER IF EXISTS exchange_inbound_guard ON exchange_inbound;
DROP FUNCTION IF EXISTS exchange_outbound_guard();
DROP FUNCTION IF EXISTS exchange_inbound_guard();
"""
