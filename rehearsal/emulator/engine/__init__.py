"""What is of no single service: templates and their deployment, the server, rights, limits."""
