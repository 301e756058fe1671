DROP VIEW content_quality;
DROP TABLE quality_assessments;
