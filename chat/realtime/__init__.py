"""Realtime: the socket, and the runner that makes answers apart from it."""
