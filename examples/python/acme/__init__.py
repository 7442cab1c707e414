"""The reference organization's services."""
