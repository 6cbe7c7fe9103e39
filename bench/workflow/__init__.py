"""The use cases, one module a step: the only writers of the store."""
