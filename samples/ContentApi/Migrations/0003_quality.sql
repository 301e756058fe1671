CREATE TABLE quality_assessments (
    id          INTEGER PRIMARY KEY,
    content_id  INTEGER NOT NULL REFERENCES generated_content (id) ON DELETE CASCADE,
    score       REAL NOT NULL CHECK (score BETWEEN 0 AND 1),
    assessed_by TEXT NOT NULL,
    assessed_at TEXT NOT NULL
);

CREATE INDEX quality_assessments_by_content ON quality_assessments (content_id);

CREATE VIEW content_quality AS
SELECT c.id AS content_id, t.kind, t.subject, avg(q.score) AS score, count(q.id) AS assessments
FROM generated_content c
JOIN content_templates t ON t.id = c.template_id
LEFT JOIN quality_assessments q ON q.content_id = c.id
GROUP BY c.id;
