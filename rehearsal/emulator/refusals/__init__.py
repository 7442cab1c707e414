"""What AWS refuses, by service: a module for each. A rule is here if a page of AWS states it; see refusals.json."""
