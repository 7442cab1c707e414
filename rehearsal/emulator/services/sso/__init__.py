"""IAM Identity Center: permission sets, who has them in which account, and the roles that come of it."""
