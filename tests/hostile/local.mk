# tests of: hostile
