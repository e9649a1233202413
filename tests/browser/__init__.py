"""The pages in a real browser, before a server that plays a script."""
