"""The staff area of knowledge: from a member of staff's click to a document's use cases."""
