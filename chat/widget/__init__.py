"""Widget: from a website's script tag, or our own front page, to the chat's page."""
