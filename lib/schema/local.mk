# What programs print as JSON, as JSON Schema; tests/command/test_schema holds both together.
schemadir = $(pkgdatadir)/schema
dist_schema_DATA = lib/schema/verdict.schema.json lib/schema/report.schema.json
