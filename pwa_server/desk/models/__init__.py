"""The tables, a module a noun. Imports core alone."""
