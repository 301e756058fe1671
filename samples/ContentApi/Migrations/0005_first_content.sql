-- Rows are found by what they say, never by a number, so that this runs over tables that are in use.
INSERT INTO users (email, display_name, role, created_at, sample) VALUES
    ('m.okafor@riverside.example', 'Ms Okafor', 'teacher', '2026-01-12T08:15:00Z', 1),
    ('j.lindqvist@riverside.example', 'Mr Lindqvist', 'teacher', '2026-01-12T08:40:00Z', 1),
    ('d.ferreira@riverside.example', 'Ms Ferreira', 'teacher', '2026-01-13T10:02:00Z', 1),
    ('authors@publisher.example', 'Editorial desk', 'author', '2026-01-20T13:05:00Z', 1),
    ('t.adeyemi@publisher.example', 'Tunde Adeyemi', 'author', '2026-01-22T09:18:00Z', 1),
    ('l.schneider@publisher.example', 'Lena Schneider', 'author', '2026-01-27T15:44:00Z', 1),
    ('r.haddad@publisher.example', 'Dr Haddad', 'reviewer', '2026-02-03T09:30:00Z', 1),
    ('s.kowalska@publisher.example', 'Dr Kowalska', 'reviewer', '2026-02-03T09:35:00Z', 1),
    ('p.novak@northgate.example', 'Mrs Novak', 'teacher', '2026-02-17T07:55:00Z', 1),
    ('h.tanaka@northgate.example', 'Mr Tanaka', 'teacher', '2026-02-17T08:10:00Z', 1),
    ('a.moreau@northgate.example', 'Mme Moreau', 'teacher', '2026-02-24T12:25:00Z', 1),
    ('k.osei@university.example', 'Prof. Osei', 'reviewer', '2026-03-01T16:00:00Z', 1)
ON CONFLICT (email) DO NOTHING;

INSERT INTO content_templates (kind, subject, level, title, prompt, sample) VALUES
    ('flashcards', 'biology', 'secondary', 'Cell organelles', 'One card an organelle: name on the front, its task in one sentence on the back.', 1),
    ('flashcards', 'french', 'primary', 'At the market', 'Twenty nouns of food with article and a sentence that uses each.', 1),
    ('flashcards', 'mathematics', 'primary', 'Times tables to twelve', 'A product on the front; the result and a neighbouring product that helps on the back.', 1),
    ('quiz', 'history', 'secondary', 'The Hanseatic League', 'Eight questions with four answers each, one right, with a reason for the right one.', 1),
    ('quiz', 'mathematics', 'university', 'Eigenvalues', 'Five problems on 2x2 and 3x3 matrices, worked answers at the end.', 1),
    ('quiz', 'geography', 'primary', 'Capitals of Europe', 'Ten questions, each with a picture that could help and one fact about the city.', 1),
    ('study_guide', 'chemistry', 'secondary', 'Acids and bases', 'Two pages: definitions, pH scale, three everyday examples, a list of common mistakes.', 1),
    ('study_guide', 'geography', 'secondary', 'Plate tectonics', 'Outline with a paragraph a boundary type and a glossary.', 1),
    ('study_guide', 'computing', 'university', 'Hash tables', 'From the idea to collisions and resizing; one trace by hand, costs in a table.', 1)
ON CONFLICT (kind, subject, title) DO NOTHING;

WITH item (created_at, email, kind, title, body) AS (VALUES
    ('2026-03-02T10:00:00Z', 'm.okafor@riverside.example', 'flashcards', 'Cell organelles', 'Mitochondrion: turns sugar and oxygen into ATP, the cell''s ready energy.'),
    ('2026-03-02T10:00:05Z', 'm.okafor@riverside.example', 'flashcards', 'Cell organelles', 'Ribosome: reads messenger RNA and joins amino acids into a protein.'),
    ('2026-03-04T08:21:00Z', 'p.novak@northgate.example', 'flashcards', 'At the market', 'la pomme: Je voudrais une pomme verte, s''il vous plaît.'),
    ('2026-03-04T08:21:09Z', 'a.moreau@northgate.example', 'flashcards', 'At the market', 'le pain: Nous achetons le pain chez le boulanger du coin.'),
    ('2026-03-06T13:50:00Z', 'h.tanaka@northgate.example', 'flashcards', 'Times tables to twelve', '7 x 8 = 56. It helps that 7 x 7 = 49: one seven more.'),
    ('2026-03-09T11:47:00Z', 'j.lindqvist@riverside.example', 'quiz', 'The Hanseatic League', 'Which city was the seat of the Hanseatic diet? (a) Lübeck (b) Bruges (c) Visby (d) Riga. (a): the diet met in its town hall.'),
    ('2026-03-09T11:47:12Z', 'j.lindqvist@riverside.example', 'quiz', 'The Hanseatic League', 'What was a cog? (a) a tax (b) a broad cargo ship (c) a guild (d) a coin. (b): one carried a hundred tons of grain, salt or cloth.'),
    ('2026-03-11T15:02:00Z', 'authors@publisher.example', 'quiz', 'Eigenvalues', 'Find the eigenvalues of [[2,1],[1,2]]. Answer: 3 and 1, from (2-x)^2 - 1 = 0.'),
    ('2026-03-12T09:14:00Z', 'd.ferreira@riverside.example', 'quiz', 'Capitals of Europe', 'Which capital lies on seven hills by the Tagus? Lisbon: its yellow trams have climbed them since 1901.'),
    ('2026-03-16T09:33:00Z', 'm.okafor@riverside.example', 'study_guide', 'Acids and bases', 'Vinegar is a weak acid: only about one molecule in two hundred gives its proton away.'),
    ('2026-03-16T09:35:30Z', 't.adeyemi@publisher.example', 'study_guide', 'Acids and bases', 'Common mistake: strong is not concentrated. A few drops of hydrochloric acid in a bath are strong and dilute.'),
    ('2026-03-18T12:10:00Z', 'j.lindqvist@riverside.example', 'study_guide', 'Plate tectonics', 'Where plates part, as under Iceland, magma rises and new crust forms a few centimetres a year.'),
    ('2026-03-19T17:26:00Z', 'l.schneider@publisher.example', 'study_guide', 'Hash tables', 'When three quarters of the buckets are taken, the table doubles and every key is placed anew; spread over all insertions that costs a constant each.'),
    ('2026-03-20T08:05:00Z', 'd.ferreira@riverside.example', 'study_guide', 'Plate tectonics', 'Glossary. Subduction: the denser plate sinks below the other and melts as it goes.'))
INSERT INTO generated_content (template_id, user_id, body, created_at, sample)
SELECT t.id, u.id, item.body, item.created_at, 1
FROM item JOIN users u ON u.email = item.email JOIN content_templates t ON t.kind = item.kind AND t.title = item.title
ORDER BY item.created_at;

WITH assessment (created_at, score, assessed_by, assessed_at) AS (VALUES
    ('2026-03-02T10:00:00Z', 0.94, 'Dr Haddad', '2026-03-03T09:00:00Z'),
    ('2026-03-02T10:00:05Z', 0.91, 'Dr Haddad', '2026-03-03T09:04:00Z'),
    ('2026-03-04T08:21:00Z', 0.83, 'template-engine', '2026-03-04T08:21:02Z'),
    ('2026-03-04T08:21:09Z', 0.86, 'template-engine', '2026-03-04T08:21:11Z'),
    ('2026-03-06T13:50:00Z', 0.89, 'Dr Kowalska', '2026-03-09T08:30:00Z'),
    ('2026-03-09T11:47:00Z', 0.88, 'Dr Haddad', '2026-03-10T14:20:00Z'),
    ('2026-03-09T11:47:12Z', 0.81, 'Dr Haddad', '2026-03-10T14:26:00Z'),
    ('2026-03-11T15:02:00Z', 0.97, 'Prof. Osei', '2026-03-12T10:45:00Z'),
    ('2026-03-12T09:14:00Z', 0.62, 'template-engine', '2026-03-12T09:14:02Z'),
    ('2026-03-12T09:14:00Z', 0.71, 'Dr Kowalska', '2026-03-13T11:00:00Z'),
    ('2026-03-16T09:33:00Z', 0.72, 'template-engine', '2026-03-16T09:33:03Z'),
    ('2026-03-16T09:35:30Z', 0.93, 'Dr Haddad', '2026-03-17T09:12:00Z'),
    ('2026-03-18T12:10:00Z', 0.79, 'template-engine', '2026-03-18T12:10:02Z'),
    ('2026-03-19T17:26:00Z', 0.95, 'Prof. Osei', '2026-03-20T10:00:00Z'),
    ('2026-03-20T08:05:00Z', 0.66, 'template-engine', '2026-03-20T08:05:02Z'))
INSERT INTO quality_assessments (content_id, score, assessed_by, assessed_at)
SELECT c.id, a.score, a.assessed_by, a.assessed_at
FROM assessment a JOIN generated_content c ON c.created_at = a.created_at AND c.sample = 1
ORDER BY a.created_at, a.assessed_at;

WITH usage (created_at, input_tokens, output_tokens, cost) AS (VALUES
    ('2026-03-02T10:00:00Z', 412, 188, 0.0012),
    ('2026-03-02T10:00:05Z', 412, 171, 0.0012),
    ('2026-03-04T08:21:00Z', 655, 940, 0.0032),
    ('2026-03-04T08:21:09Z', 655, 887, 0.0031),
    ('2026-03-06T13:50:00Z', 301, 264, 0.0011),
    ('2026-03-09T11:47:00Z', 530, 1204, 0.0035),
    ('2026-03-09T11:47:12Z', 530, 1168, 0.0034),
    ('2026-03-11T15:02:00Z', 498, 876, 0.0027),
    ('2026-03-12T09:14:00Z', 377, 512, 0.0018),
    ('2026-03-16T09:33:00Z', 720, 1811, 0.0051),
    ('2026-03-16T09:35:30Z', 720, 1640, 0.0047),
    ('2026-03-18T12:10:00Z', 701, 1650, 0.0047),
    ('2026-03-19T17:26:00Z', 845, 2310, 0.0063),
    ('2026-03-20T08:05:00Z', 701, 498, 0.0024))
INSERT INTO ai_provider_usage (content_id, provider, input_tokens, output_tokens, cost, used_at)
SELECT c.id, 'template-engine', u.input_tokens, u.output_tokens, u.cost, u.created_at
FROM usage u JOIN generated_content c ON c.created_at = u.created_at AND c.sample = 1
ORDER BY u.created_at;
