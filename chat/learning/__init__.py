"""Learning: measuring answers on questions with known answers, and getting better by it."""
