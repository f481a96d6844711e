-- Schema 1: the log of events, the names it refers to, and the habits' checkpoint.
-- Names are stored once; a row of the log is a dozen small integers.

CREATE TABLE item (
    id      INTEGER PRIMARY KEY,
    name    TEXT    NOT NULL,
    profile INTEGER NOT NULL,
    UNIQUE (name, profile)
) STRICT;

-- Places, access points and surfaces.
CREATE TABLE token (
    id   INTEGER PRIMARY KEY,
    name TEXT    NOT NULL UNIQUE
) STRICT;

-- seq is the order of arrival. The newest row is never deleted, so a number is never given twice.
CREATE TABLE log (
    seq            INTEGER PRIMARY KEY,
    at_ms          INTEGER NOT NULL,
    utc_offset_min INTEGER NOT NULL,
    kind           INTEGER NOT NULL,
    item           INTEGER REFERENCES item (id),
    surface        INTEGER REFERENCES token (id),
    position       INTEGER,
    place          INTEGER REFERENCES token (id),
    label          INTEGER,
    network        INTEGER,
    access_point   INTEGER REFERENCES token (id),
    battery        INTEGER
) STRICT;

-- The same thing at the same moment is one event. NULLs would all differ, and no id is 0.
-- It begins with the time, so it serves reading in order of time as well.
CREATE UNIQUE INDEX log_once ON log (at_ms, kind, ifnull(item, 0), ifnull(surface, 0));

-- What the habits had learnt by arrival number upto; digest is the SHA-256 of bytes.
CREATE TABLE checkpoint (
    id     INTEGER PRIMARY KEY CHECK (id = 1),
    upto   INTEGER NOT NULL,
    digest BLOB    NOT NULL,
    bytes  BLOB    NOT NULL
) STRICT;

-- Numbers about the log itself, by name.
CREATE TABLE fact (
    name  TEXT    PRIMARY KEY,
    value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
