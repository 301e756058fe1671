DELETE FROM ai_provider_usage WHERE content_id BETWEEN 1 AND 7;
DELETE FROM quality_assessments WHERE content_id BETWEEN 1 AND 7;
DELETE FROM generated_content WHERE id BETWEEN 1 AND 7;
DELETE FROM content_templates WHERE id BETWEEN 1 AND 6;
DELETE FROM users WHERE id BETWEEN 1 AND 5;
