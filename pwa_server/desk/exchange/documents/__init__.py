"""What one phone should hold, a module a kind of document."""
