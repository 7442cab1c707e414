"""What ends a rehearsal with one readable line."""


class Failure(Exception):
    pass
