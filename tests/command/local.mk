# tests of: command
