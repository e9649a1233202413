"""supportbot: the wiring of the product (settings, processes, checks); everything else is in its apps."""
