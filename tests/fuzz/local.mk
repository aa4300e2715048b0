# tests of: fuzz
