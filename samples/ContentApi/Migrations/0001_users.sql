CREATE TABLE users (
    id           INTEGER PRIMARY KEY,
    email        TEXT NOT NULL UNIQUE COLLATE NOCASE CHECK (email LIKE '%_@_%'),
    display_name TEXT NOT NULL,
    role         TEXT NOT NULL CHECK (role IN ('teacher', 'author', 'reviewer')),
    created_at   TEXT NOT NULL CHECK (created_at LIKE '____-__-__T__:__:__Z'),
    sample       INTEGER NOT NULL DEFAULT 0 CHECK (sample IN (0, 1))
);
