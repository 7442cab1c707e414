"""Organizations: what AWS refuses there, and its types."""
