"""Evaluation: the golden questions asked of the engine that customers get, as a job and as a gate."""
