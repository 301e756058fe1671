DROP TABLE generated_content;
DROP TABLE content_templates;
