"""The desk's copy: written, read back, restored with the journal. Below what exchanges and acts."""
