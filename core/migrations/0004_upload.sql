-- Schema 4: what the person allows to be sent, what waits to be sent, and what is to be taken back.

-- A row where anything is allowed; none to begin with.
CREATE TABLE consent (
    id           INTEGER PRIMARY KEY CHECK (id = 1),
    reports      INTEGER NOT NULL,
    samples      INTEGER NOT NULL,
    -- Random; all names under which something is sent come from it.
    secret       BLOB    NOT NULL,
    -- The newest local day of which nothing is to be reported any more.
    reported_day INTEGER NOT NULL,
    -- How many batches were sealed.
    sealed       INTEGER NOT NULL
) STRICT;

-- Samples of days that are not sealed yet: of each day those with the smallest draws.
CREATE TABLE sample (
    id    INTEGER PRIMARY KEY,
    day   INTEGER NOT NULL,
    -- The 64 bits of an unsigned number, as those of a signed one in the same order.
    draw  INTEGER NOT NULL,
    bytes BLOB    NOT NULL
) STRICT;
CREATE INDEX sample_of_day ON sample (day, draw);

-- Sealed batches that no server has taken yet; digest is the SHA-256 of bytes.
CREATE TABLE outbox (
    id         BLOB    PRIMARY KEY,
    sealed_day INTEGER NOT NULL,
    digest     BLOB    NOT NULL,
    bytes      BLOB    NOT NULL
) STRICT;

-- The weeks under whose names something was sealed, and how many samples each has.
CREATE TABLE upload_week (
    week    INTEGER PRIMARY KEY,
    day     INTEGER NOT NULL,
    samples INTEGER NOT NULL
) STRICT;

-- Tokens of weeks that servers are to erase and have not said that they do.
CREATE TABLE tombstone (
    token BLOB PRIMARY KEY
) STRICT;
