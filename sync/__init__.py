"""How data travels: enrolment, push, pull, photos, the ledger and the reference client (docs/protocol.md)."""
