INSERT INTO users (id, email, display_name, role, created_at) VALUES
    (1, 'm.okafor@riverside.example', 'Ms Okafor', 'teacher', '2026-01-12T08:15:00Z'),
    (2, 'j.lindqvist@riverside.example', 'Mr Lindqvist', 'teacher', '2026-01-12T08:40:00Z'),
    (3, 'authors@publisher.example', 'Editorial desk', 'author', '2026-01-20T13:05:00Z'),
    (4, 'r.haddad@publisher.example', 'Dr Haddad', 'reviewer', '2026-02-03T09:30:00Z'),
    (5, 'p.novak@northgate.example', 'Mrs Novak', 'teacher', '2026-02-17T07:55:00Z');

INSERT INTO content_templates (id, kind, subject, level, title, prompt) VALUES
    (1, 'flashcards', 'biology', 'secondary', 'Cell organelles', 'One card an organelle: name on the front, its task in one sentence on the back.'),
    (2, 'flashcards', 'french', 'primary', 'At the market', 'Twenty nouns of food with article and a sentence that uses each.'),
    (3, 'quiz', 'history', 'secondary', 'The Hanseatic League', 'Eight questions with four answers each, one right, with a reason for the right one.'),
    (4, 'quiz', 'mathematics', 'university', 'Eigenvalues', 'Five problems on 2x2 and 3x3 matrices, worked answers at the end.'),
    (5, 'study_guide', 'chemistry', 'secondary', 'Acids and bases', 'Two pages: definitions, pH scale, three everyday examples, a list of common mistakes.'),
    (6, 'study_guide', 'geography', 'secondary', 'Plate tectonics', 'Outline with a paragraph a boundary type and a glossary.');

INSERT INTO generated_content (id, template_id, user_id, body, created_at) VALUES
    (1, 1, 1, 'Mitochondrion: turns sugar and oxygen into ATP, the cell''s ready energy.', '2026-03-02T10:00:00Z'),
    (2, 1, 1, 'Ribosome: reads messenger RNA and joins amino acids into a protein.', '2026-03-02T10:00:05Z'),
    (3, 2, 5, 'la pomme: Je voudrais une pomme verte, s''il vous plaît.', '2026-03-04T08:21:00Z'),
    (4, 3, 2, 'Which city was the seat of the Hanseatic diet? (a) Lübeck (b) Bruges (c) Visby (d) Riga. (a): the diet met in its town hall.', '2026-03-09T11:47:00Z'),
    (5, 4, 3, 'Find the eigenvalues of [[2,1],[1,2]]. Answer: 3 and 1, from (2-x)^2 - 1 = 0.', '2026-03-11T15:02:00Z'),
    (6, 5, 1, 'Vinegar is a weak acid: only about one molecule in two hundred gives its proton away.', '2026-03-16T09:33:00Z'),
    (7, 6, 2, 'Where plates part, as under Iceland, magma rises and new crust forms a few centimetres a year.', '2026-03-18T12:10:00Z');

INSERT INTO quality_assessments (content_id, score, assessed_by, assessed_at) VALUES
    (1, 0.94, 'Dr Haddad', '2026-03-03T09:00:00Z'),
    (2, 0.91, 'Dr Haddad', '2026-03-03T09:04:00Z'),
    (3, 0.83, 'template-engine', '2026-03-04T08:21:02Z'),
    (4, 0.88, 'Dr Haddad', '2026-03-10T14:20:00Z'),
    (5, 0.97, 'Dr Haddad', '2026-03-12T10:45:00Z'),
    (6, 0.72, 'template-engine', '2026-03-16T09:33:03Z'),
    (7, 0.79, 'template-engine', '2026-03-18T12:10:02Z');

INSERT INTO ai_provider_usage (content_id, provider, input_tokens, output_tokens, cost, used_at) VALUES
    (1, 'template-engine', 412, 188, 0.0012, '2026-03-02T10:00:00Z'),
    (2, 'template-engine', 412, 171, 0.0012, '2026-03-02T10:00:05Z'),
    (3, 'template-engine', 655, 940, 0.0032, '2026-03-04T08:21:00Z'),
    (4, 'template-engine', 530, 1204, 0.0035, '2026-03-09T11:47:00Z'),
    (5, 'template-engine', 498, 876, 0.0027, '2026-03-11T15:02:00Z'),
    (6, 'template-engine', 720, 1811, 0.0051, '2026-03-16T09:33:00Z'),
    (7, 'template-engine', 701, 1650, 0.0047, '2026-03-18T12:10:00Z');
