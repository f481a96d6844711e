-- Schema 3: whom model sync trusts, the bundles that it brought, and what each of them is to this phone.

-- The newest signed files of the channel that is followed, as they were fetched; empty where there was none.
CREATE TABLE trust (
    id        INTEGER PRIMARY KEY CHECK (id = 1),
    channel   TEXT    NOT NULL,
    root      BLOB    NOT NULL,
    timestamp BLOB    NOT NULL,
    release   BLOB    NOT NULL,
    -- The highest version of a release that was named; the 64 bits of an unsigned number.
    named     INTEGER NOT NULL,
    signed_s  INTEGER NOT NULL
) STRICT;

-- The files of bundles, by their SHA-256 sum. One that no slot names is deleted with the slot that did.
CREATE TABLE bundle (
    sha256 BLOB PRIMARY KEY,
    bytes  BLOB NOT NULL
) STRICT;

-- 1: the last one that proved itself; 2: the one on trial, which answers; 3: the one that waits to be rehearsed. A phone
-- without a row in 1 and 2 uses the bundle that its library ships.
CREATE TABLE slot (
    role          INTEGER PRIMARY KEY CHECK (role BETWEEN 1 AND 3),
    sha256        BLOB    NOT NULL REFERENCES bundle (sha256),
    -- The newest event and the time when it was put here, and how often it was loaded since.
    since_seq     INTEGER NOT NULL,
    since_s       INTEGER NOT NULL,
    starts        INTEGER NOT NULL,
    -- The release's rules for it.
    least_answers INTEGER NOT NULL,
    most_lost     INTEGER NOT NULL,
    answer_us     INTEGER NOT NULL
) STRICT;

-- Bundles that were tried and given back, the oldest first.
CREATE TABLE given_back (
    id     INTEGER PRIMARY KEY,
    sha256 BLOB    NOT NULL UNIQUE,
    reason INTEGER NOT NULL
) STRICT;

-- How often loading a bundle was begun and not ended: the process ended meanwhile. Empty sum: the bundle that ships.
CREATE TABLE attempt (
    sha256 BLOB    PRIMARY KEY,
    count  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
