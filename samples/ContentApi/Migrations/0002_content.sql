CREATE TABLE content_templates (
    id      INTEGER PRIMARY KEY,
    kind    TEXT NOT NULL CHECK (kind IN ('flashcards', 'quiz', 'study_guide')),
    subject TEXT NOT NULL,
    level   TEXT NOT NULL CHECK (level IN ('primary', 'secondary', 'university')),
    title   TEXT NOT NULL,
    prompt  TEXT NOT NULL
);

CREATE TABLE generated_content (
    id          INTEGER PRIMARY KEY,
    template_id INTEGER NOT NULL REFERENCES content_templates (id),
    user_id     INTEGER NOT NULL REFERENCES users (id),
    body        TEXT NOT NULL,
    created_at  TEXT NOT NULL
);

CREATE INDEX generated_content_by_template ON generated_content (template_id, created_at);
