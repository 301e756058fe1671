CREATE TABLE content_templates (
    id      INTEGER PRIMARY KEY,
    kind    TEXT NOT NULL CHECK (kind IN ('flashcards', 'quiz', 'study_guide')),
    subject TEXT NOT NULL,
    level   TEXT NOT NULL CHECK (level IN ('primary', 'secondary', 'university')),
    title   TEXT NOT NULL,
    prompt  TEXT NOT NULL,
    sample  INTEGER NOT NULL DEFAULT 0 CHECK (sample IN (0, 1)),
    UNIQUE (kind, subject, title)
);

CREATE TABLE generated_content (
    id          INTEGER PRIMARY KEY,
    template_id INTEGER NOT NULL REFERENCES content_templates (id),
    user_id     INTEGER NOT NULL REFERENCES users (id),
    body        TEXT NOT NULL,
    created_at  TEXT NOT NULL CHECK (created_at LIKE '____-__-__T__:__:__Z'),
    sample      INTEGER NOT NULL DEFAULT 0 CHECK (sample IN (0, 1))
);

CREATE INDEX content_templates_by_subject ON content_templates (subject, kind);
CREATE INDEX generated_content_by_template ON generated_content (template_id, created_at);
CREATE INDEX generated_content_by_user ON generated_content (user_id);
