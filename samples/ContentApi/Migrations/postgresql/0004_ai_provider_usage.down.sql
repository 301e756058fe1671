DROP TABLE ai_provider_usage;
DROP FUNCTION ai_provider_usage_is_final();
