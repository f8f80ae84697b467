"""What goes to and comes from the relay: rounds, inbox, outbox, roster, lists. Knows no page."""
