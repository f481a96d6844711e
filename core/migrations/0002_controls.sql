-- Schema 2: what the person decided, how likely what was shown was to be shown, where sound goes, and reports.

-- A decision of the person. The newest of those that contradict each other counts; a number is never given twice.
CREATE TABLE control (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    at_ms          INTEGER NOT NULL,
    utc_offset_min INTEGER NOT NULL,
    kind           INTEGER NOT NULL,
    -- The item it is about, by name here: it outlives the item's events.
    name           TEXT,
    profile        INTEGER,
    -- The item it is about, by keyed digest, where an import brought it and its name is not known yet.
    salt           BLOB,
    digest         BLOB,
    -- Until when, at which position, how many days: what the kind needs.
    value          INTEGER,
    value_offset_min INTEGER
) STRICT;

-- The share of such moments, in millionths, in which this item would have been shown at this position.
ALTER TABLE log ADD COLUMN propensity INTEGER;
ALTER TABLE log ADD COLUMN audio INTEGER;

-- Counts that are no function of the log, such as how long predictions took; digest is the SHA-256 of bytes.
CREATE TABLE report (
    name   TEXT PRIMARY KEY,
    digest BLOB NOT NULL,
    bytes  BLOB NOT NULL
) STRICT, WITHOUT ROWID;
