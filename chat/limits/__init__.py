"""Limits: how often somebody may do something, by HTTP and on sockets, and what to say when it is too often.

``counting.check`` and ``counting.acheck`` are the doors. Redis counts; while it is away nobody is limited.
"""
