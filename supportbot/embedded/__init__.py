"""Embedded: PostgreSQL, Valkey and the processes of the product, started from wheels on a bare machine.

Nothing here knows Django: this package runs before the settings exist and gives them their URLs.
"""
