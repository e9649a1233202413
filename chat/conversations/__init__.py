"""Conversations: what is said, recorded as numbered events in the transaction of its rows."""
