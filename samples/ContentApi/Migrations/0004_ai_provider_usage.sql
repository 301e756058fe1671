CREATE TABLE ai_provider_usage (
    id            INTEGER PRIMARY KEY,
    content_id    INTEGER REFERENCES generated_content (id) ON DELETE SET NULL,
    provider      TEXT NOT NULL,
    input_tokens  INTEGER NOT NULL CHECK (input_tokens >= 0),
    output_tokens INTEGER NOT NULL CHECK (output_tokens >= 0),
    cost          REAL NOT NULL CHECK (cost >= 0),
    used_at       TEXT NOT NULL
);

CREATE INDEX ai_provider_usage_by_content ON ai_provider_usage (content_id);

-- Usage is what the bill is checked against: it is written once.
CREATE TRIGGER ai_provider_usage_is_final BEFORE UPDATE OF input_tokens, output_tokens, cost ON ai_provider_usage
BEGIN
    SELECT RAISE(ABORT, 'usage is written once; correct it with a row of its own');
END;
