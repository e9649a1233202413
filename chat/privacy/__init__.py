"""Privacy: what becomes of a conversation when its customer, or its age, wants it gone."""
