-- What certification asks for: API resources and roles, third-party applications and consent,
-- pushed requests, devices, logout tokens on their way, keys that follow each other.

ALTER TABLE users ADD COLUMN profile TEXT NOT NULL DEFAULT '{}';
ALTER TABLE users ADD COLUMN custom_data TEXT NOT NULL DEFAULT '{}';

ALTER TABLE applications ADD COLUMN is_third_party BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE applications ADD COLUMN consent_scopes TEXT NOT NULL DEFAULT '{}';
ALTER TABLE applications ADD COLUMN custom_data TEXT NOT NULL DEFAULT '{}';

-- A key's place in life follows from the time. The first of each algorithm has signed for ever.
DROP INDEX signing_keys_current;
ALTER TABLE signing_keys ADD COLUMN sequence BIGINT NOT NULL DEFAULT 1;
ALTER TABLE signing_keys ADD COLUMN activates_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE signing_keys DROP COLUMN status;
CREATE UNIQUE INDEX signing_keys_by_sequence ON signing_keys (algorithm, sequence);

-- From here on, session_id and sid of a grant are empty where it came from no browser.
ALTER TABLE grants ADD COLUMN resources TEXT NOT NULL DEFAULT '{}';
ALTER TABLE grants ADD COLUMN claims TEXT NOT NULL DEFAULT '{}';
ALTER TABLE authorization_codes ADD COLUMN dpop_jkt TEXT;
ALTER TABLE access_tokens ADD COLUMN dpop_jkt TEXT;
ALTER TABLE refresh_tokens ADD COLUMN dpop_jkt TEXT;

CREATE TABLE resources (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    indicator TEXT NOT NULL,
    access_token_ttl BIGINT NOT NULL,
    is_default BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX resources_by_indicator ON resources (indicator);
CREATE UNIQUE INDEX resources_default ON resources (is_default) WHERE is_default;

CREATE TABLE resource_scopes (
    id TEXT PRIMARY KEY,
    resource_id TEXT NOT NULL REFERENCES resources (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    description TEXT,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX resource_scopes_by_name ON resource_scopes (resource_id, name);

CREATE TABLE roles (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    kind TEXT NOT NULL,
    is_default BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX roles_by_name ON roles (name);

CREATE TABLE role_scopes (
    role_id TEXT NOT NULL REFERENCES roles (id) ON DELETE CASCADE,
    scope_id TEXT NOT NULL REFERENCES resource_scopes (id) ON DELETE CASCADE,
    PRIMARY KEY (role_id, scope_id)
);
CREATE INDEX role_scopes_by_scope_id ON role_scopes (scope_id);

CREATE TABLE user_roles (
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    role_id TEXT NOT NULL REFERENCES roles (id) ON DELETE CASCADE,
    PRIMARY KEY (user_id, role_id)
);
CREATE INDEX user_roles_by_role_id ON user_roles (role_id);

CREATE TABLE application_roles (
    application_id TEXT NOT NULL REFERENCES applications (id) ON DELETE CASCADE,
    role_id TEXT NOT NULL REFERENCES roles (id) ON DELETE CASCADE,
    PRIMARY KEY (application_id, role_id)
);
CREATE INDEX application_roles_by_role_id ON application_roles (role_id);

CREATE TABLE consents (
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    application_id TEXT NOT NULL REFERENCES applications (id) ON DELETE CASCADE,
    scopes TEXT NOT NULL,
    resources TEXT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (user_id, application_id)
);
CREATE INDEX consents_by_application_id ON consents (application_id);

CREATE TABLE pushed_requests (
    hash BYTEA PRIMARY KEY,
    application_id TEXT NOT NULL REFERENCES applications (id) ON DELETE CASCADE,
    parameters TEXT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX pushed_requests_by_application_id ON pushed_requests (application_id);
CREATE INDEX pushed_requests_by_expires_at ON pushed_requests (expires_at);

CREATE TABLE device_authorizations (
    hash BYTEA PRIMARY KEY,
    user_code TEXT NOT NULL,
    application_id TEXT NOT NULL REFERENCES applications (id) ON DELETE CASCADE,
    scopes TEXT NOT NULL,
    resources TEXT NOT NULL,
    state TEXT NOT NULL,
    polled_at BIGINT,
    poll_interval BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX device_authorizations_by_user_code ON device_authorizations (user_code);
CREATE INDEX device_authorizations_by_application_id ON device_authorizations (application_id);
CREATE INDEX device_authorizations_by_expires_at ON device_authorizations (expires_at);

-- Codes of devices that a user tried in vain.
CREATE TABLE device_tries (
    user_id TEXT PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    tries BIGINT NOT NULL,
    since BIGINT NOT NULL
);
CREATE INDEX device_tries_by_since ON device_tries (since);

CREATE TABLE logout_deliveries (
    id TEXT PRIMARY KEY,
    application_id TEXT NOT NULL REFERENCES applications (id) ON DELETE CASCADE,
    -- Not a reference: an application is told also of users who were deleted.
    user_id TEXT NOT NULL,
    sid TEXT,
    attempts BIGINT NOT NULL,
    next_attempt_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX logout_deliveries_by_application_id ON logout_deliveries (application_id);
CREATE INDEX logout_deliveries_by_next_attempt_at ON logout_deliveries (next_attempt_at);

-- Identifiers of client assertions and DPoP proofs that were seen.
CREATE TABLE first_sights (
    key BYTEA PRIMARY KEY,
    expires_at BIGINT NOT NULL
);
CREATE INDEX first_sights_by_expires_at ON first_sights (expires_at);

CREATE TABLE subject_tokens (
    hash BYTEA PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    context TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    consumed_at BIGINT
);
CREATE INDEX subject_tokens_by_user_id ON subject_tokens (user_id);
CREATE INDEX subject_tokens_by_expires_at ON subject_tokens (expires_at);

CREATE TABLE personal_access_tokens (
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    hash BYTEA NOT NULL,
    sealed_value BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    PRIMARY KEY (user_id, name)
);
CREATE UNIQUE INDEX personal_access_tokens_by_hash ON personal_access_tokens (hash);
