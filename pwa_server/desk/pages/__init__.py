"""The desk's pages: one blueprint a concern. A page reads the read model through `access` and never writes to it."""
