"""Crawling: from an address somebody typed to the bytes behind it, without being led astray.

``Fetcher`` is the only way out of this product to addresses that are not settings of the
operator. Everything here is free of Django; settings are handed in.
"""

from knowledge.crawling.fetch import Fetched, Fetcher, Gone, NotModified

__all__ = ["Fetched", "Fetcher", "Gone", "NotModified"]
