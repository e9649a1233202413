"""Sources: from a website or folder to documents that stay as fresh as it is.

``steering`` is what staff may do, ``tasks`` is rung, ``sync`` works. Pages go in by the same
door as uploads, ``knowledge.ingestion.accept``; what customers read changes only there.
"""
