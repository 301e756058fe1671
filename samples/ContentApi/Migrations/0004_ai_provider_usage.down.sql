DROP TRIGGER ai_provider_usage_is_final;
DROP TABLE ai_provider_usage;
