"""What every page has around and under it: frame, words, guards, drafts, lookups."""
