"""The staff area of chat: from conversations to the verdicts of staff, and the assistants they run."""
