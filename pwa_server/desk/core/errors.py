"""What can go wrong at the desk in a way a person acts on. Codes are stable; pages say them in ja and en."""


class DeskError(Exception):
    """Something the person at the desk (or the operator) has to know. `code` names the text they read."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail


class NotAllowed(DeskError):
    """The access table says no."""

    def __init__(self, detail: str = "") -> None:
        super().__init__("not_allowed", detail)
