# tests of: array-upload
