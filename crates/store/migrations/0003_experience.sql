-- The whole sign-in experience: passwords, codes by e-mail too, counted failures, revisions that
-- say who and why, drafts, links that work once, account pages.

ALTER TABLE users ADD COLUMN password_hash TEXT;

ALTER TABLE sessions ADD COLUMN user_agent TEXT;

-- The Experience API finds an interaction by its browser alone.
CREATE INDEX interactions_by_browser_hash ON interactions (browser_hash, created_at);

ALTER TABLE documents ADD COLUMN author TEXT NOT NULL DEFAULT '';
ALTER TABLE documents ADD COLUMN comment TEXT;

-- One code for each holder, purpose and channel; a holder is an interaction or a session. Codes
-- live ten minutes: those that are out when a server is upgraded are asked for again.
DROP TABLE verification_codes;
CREATE TABLE verification_codes (
    holder TEXT NOT NULL,
    purpose TEXT NOT NULL,
    channel TEXT NOT NULL,
    id TEXT NOT NULL,
    mac BYTEA NOT NULL,
    attempts BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    consumed_at BIGINT,
    PRIMARY KEY (holder, purpose, channel)
);
CREATE UNIQUE INDEX verification_codes_by_id ON verification_codes (id);
CREATE INDEX verification_codes_by_expires_at ON verification_codes (expires_at);

-- What went wrong for an identifier, which is a keyed hash, by factor.
CREATE TABLE sentinels (
    target BYTEA NOT NULL,
    factor TEXT NOT NULL,
    failures BIGINT NOT NULL,
    since BIGINT NOT NULL,
    locked_until BIGINT,
    PRIMARY KEY (target, factor)
);
CREATE INDEX sentinels_by_since ON sentinels (since);

CREATE TABLE account_steps (
    session_id TEXT PRIMARY KEY REFERENCES sessions (id) ON DELETE CASCADE,
    step TEXT NOT NULL
);

CREATE TABLE links (
    hash BYTEA PRIMARY KEY,
    purpose TEXT NOT NULL,
    subject TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT
);
CREATE INDEX links_by_expires_at ON links (expires_at);

CREATE TABLE drafts (
    id TEXT PRIMARY KEY,
    body TEXT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX drafts_by_expires_at ON drafts (expires_at);
