-- The first schema. One text for SQLite and PostgreSQL: TEXT, BIGINT, BOOLEAN and BYTEA only.
-- Points in time are milliseconds since 1970 in UTC. Hashes are 32 bytes. Structured values are
-- JSON in TEXT. To SQLite, BYTEA is a name like any other: it keeps a blob as it is.

CREATE TABLE users (
    id TEXT PRIMARY KEY,
    primary_phone TEXT,
    primary_email TEXT,
    username TEXT,
    name TEXT,
    avatar TEXT,
    is_suspended BOOLEAN NOT NULL,
    -- History, not a reference: it stays when the application goes.
    application_id TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    last_sign_in_at BIGINT
);
-- NULLs are distinct in a unique index, on both databases.
CREATE UNIQUE INDEX users_by_primary_phone ON users (primary_phone);
CREATE UNIQUE INDEX users_by_primary_email ON users (primary_email);
CREATE UNIQUE INDEX users_by_username ON users (username);

CREATE TABLE applications (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    description TEXT,
    kind TEXT NOT NULL,
    oidc_client_metadata TEXT NOT NULL,
    custom_client_metadata TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE application_secrets (
    application_id TEXT NOT NULL REFERENCES applications (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    sealed_value BYTEA NOT NULL,
    reference TEXT,
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    PRIMARY KEY (application_id, name)
);

CREATE TABLE interactions (
    id TEXT PRIMARY KEY,
    browser_hash BYTEA NOT NULL,
    application_id TEXT NOT NULL REFERENCES applications (id) ON DELETE CASCADE,
    request TEXT NOT NULL,
    state TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX interactions_by_application_id ON interactions (application_id);
CREATE INDEX interactions_by_expires_at ON interactions (expires_at);

-- One code for each interaction and purpose: a new one takes the place of the one before.
CREATE TABLE verification_codes (
    interaction_id TEXT NOT NULL REFERENCES interactions (id) ON DELETE CASCADE,
    purpose TEXT NOT NULL,
    id TEXT NOT NULL,
    mac BYTEA NOT NULL,
    attempts BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    consumed_at BIGINT,
    PRIMARY KEY (interaction_id, purpose)
);
CREATE UNIQUE INDEX verification_codes_by_id ON verification_codes (id);

CREATE TABLE sessions (
    id TEXT PRIMARY KEY,
    cookie_hash BYTEA NOT NULL,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    auth_time BIGINT NOT NULL,
    amr TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX sessions_by_cookie_hash ON sessions (cookie_hash);
CREATE INDEX sessions_by_user_id ON sessions (user_id);
CREATE INDEX sessions_by_expires_at ON sessions (expires_at);

CREATE TABLE session_sids (
    session_id TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    application_id TEXT NOT NULL REFERENCES applications (id) ON DELETE CASCADE,
    sid TEXT NOT NULL,
    PRIMARY KEY (session_id, application_id)
);
CREATE UNIQUE INDEX session_sids_by_sid ON session_sids (sid);
CREATE INDEX session_sids_by_application_id ON session_sids (application_id);

CREATE TABLE grants (
    id TEXT PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    application_id TEXT NOT NULL REFERENCES applications (id) ON DELETE CASCADE,
    -- Not a reference: a grant with offline access outlives its session.
    session_id TEXT NOT NULL,
    sid TEXT NOT NULL,
    scopes TEXT NOT NULL,
    -- Whether offline_access is among the scopes.
    is_offline BOOLEAN NOT NULL,
    nonce TEXT,
    auth_time BIGINT NOT NULL,
    amr TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    revoked_at BIGINT
);
CREATE INDEX grants_by_user_id ON grants (user_id);
CREATE INDEX grants_by_application_id ON grants (application_id);
CREATE INDEX grants_by_session_id ON grants (session_id);
CREATE INDEX grants_by_created_at ON grants (created_at);
CREATE INDEX grants_by_expires_at ON grants (expires_at);
CREATE INDEX grants_by_revoked_at ON grants (revoked_at) WHERE revoked_at IS NOT NULL;

CREATE TABLE authorization_codes (
    hash BYTEA PRIMARY KEY,
    grant_id TEXT NOT NULL REFERENCES grants (id) ON DELETE CASCADE,
    redirect_uri TEXT NOT NULL,
    code_challenge TEXT,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT
);
CREATE INDEX authorization_codes_by_grant_id ON authorization_codes (grant_id);
CREATE INDEX authorization_codes_unused ON authorization_codes (expires_at) WHERE used_at IS NULL;

CREATE TABLE access_tokens (
    hash BYTEA PRIMARY KEY,
    grant_id TEXT NOT NULL REFERENCES grants (id) ON DELETE CASCADE,
    scopes TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX access_tokens_by_grant_id ON access_tokens (grant_id);
CREATE INDEX access_tokens_by_expires_at ON access_tokens (expires_at);

CREATE TABLE refresh_tokens (
    hash BYTEA PRIMARY KEY,
    grant_id TEXT NOT NULL REFERENCES grants (id) ON DELETE CASCADE,
    scopes TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    consumed_at BIGINT
);
CREATE INDEX refresh_tokens_by_grant_id ON refresh_tokens (grant_id);
CREATE INDEX refresh_tokens_by_expires_at ON refresh_tokens (expires_at);

-- Messages sent to an address, which is a keyed hash. Those of one millisecond share a row.
CREATE TABLE sends (
    address BYTEA NOT NULL,
    sent_at BIGINT NOT NULL,
    messages BIGINT NOT NULL,
    PRIMARY KEY (address, sent_at)
);
CREATE INDEX sends_by_sent_at ON sends (sent_at);

-- A row to lock for each address, so that units which count its sends wait for each other.
CREATE TABLE address_locks (
    address BYTEA PRIMARY KEY
);

CREATE TABLE connectors (
    id TEXT PRIMARY KEY,
    factory_id TEXT NOT NULL,
    config TEXT NOT NULL,
    sealed_secrets BYTEA NOT NULL,
    secret_references TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

-- Every revision stays; the newest one is in force.
CREATE TABLE documents (
    key TEXT NOT NULL,
    revision BIGINT NOT NULL,
    body TEXT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (key, revision)
);

CREATE TABLE signing_keys (
    id TEXT PRIMARY KEY,
    algorithm TEXT NOT NULL,
    status TEXT NOT NULL,
    sealed_private_key BYTEA NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX signing_keys_current ON signing_keys (algorithm) WHERE status = 'Current';
