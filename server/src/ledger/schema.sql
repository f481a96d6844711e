-- What the server remembers of what it took. No row of anybody is in here.
CREATE TABLE about (
    key   TEXT PRIMARY KEY,
    value BLOB NOT NULL
) WITHOUT ROWID, STRICT;

-- Every batch that was taken; segment: of the journal, until its rows are in the lake, then 0.
CREATE TABLE batch (
    id      BLOB PRIMARY KEY,
    sum     BLOB NOT NULL,
    day     INTEGER NOT NULL,
    segment INTEGER NOT NULL
) WITHOUT ROWID, STRICT;
CREATE INDEX batch_day ON batch (day);
CREATE INDEX batch_segment ON batch (segment) WHERE segment > 0;

-- Digests of pseudonyms whose rows are never kept again.
CREATE TABLE erased (
    digest BLOB PRIMARY KEY
) WITHOUT ROWID, STRICT;

-- Those whose rows may still be in the lake.
CREATE TABLE pending_erasure (
    digest BLOB PRIMARY KEY
) WITHOUT ROWID, STRICT;

-- Segments that are closed (1: the ledger knows all their batches) or done (2: the lake has their rows).
CREATE TABLE segment (
    number INTEGER PRIMARY KEY,
    state  INTEGER NOT NULL
) STRICT;
