-- Samples go. What people made stays, and with it the templates and users that it was made with.
DELETE FROM ai_provider_usage WHERE content_id IN (SELECT id FROM generated_content WHERE sample = 1);
DELETE FROM quality_assessments WHERE content_id IN (SELECT id FROM generated_content WHERE sample = 1);
DELETE FROM generated_content WHERE sample = 1;
DELETE FROM content_templates WHERE sample = 1 AND id NOT IN (SELECT template_id FROM generated_content);
DELETE FROM users WHERE sample = 1 AND id NOT IN (SELECT user_id FROM generated_content);
