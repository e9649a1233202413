"""Attachments: files that pass between a customer and staff, checked by content and kept under their hash."""
