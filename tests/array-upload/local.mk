# tests of: array-upload
include tests/array-upload/browser/local.mk
