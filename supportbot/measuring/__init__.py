"""Measuring: retrieval sets through the product's own ingestion, rewriting, search and decision."""
