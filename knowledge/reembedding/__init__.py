"""Re-embedding: another model's vectors are made beside the active set, verified, and flipped to."""
