"""What real AWS would say of an app, before anything irreversible: it reads with the caller's credentials."""
