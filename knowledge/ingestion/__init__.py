"""Ingestion: from a file that staff gave us to passages that customers can find.

``accept`` takes a file in and rings the queue, ``tasks`` is rung, ``ingest`` works.
"""
