"""What a template is given when it names what is not there: a fault, never silently nothing."""

from collections.abc import Mapping
from typing import Any

from jinja2 import StrictUndefined


class Missing(StrictUndefined):
    """A name nobody gave, an attribute nothing has: fails, whatever is done with it.

    A key that data lacks (a form's values and errors, a record's optional members) may be asked for, by `if`, `or`
    and `==`, as `dict.get` may; shown or gone through it fails as well.
    """

    __slots__ = ()

    def __bool__(self) -> bool:  # type: ignore[override]
        self._of_data()
        return False

    def __eq__(self, other: object) -> bool:  # type: ignore[override]
        self._of_data()
        return isinstance(other, Missing)

    def __ne__(self, other: object) -> bool:  # type: ignore[override]
        return not self == other

    def __hash__(self) -> int:  # type: ignore[override]
        self._of_data()
        return hash(Missing)

    def _of_data(self) -> None:
        """Raise UndefinedError, unless it is a key or a place in data."""
        if not isinstance(self._undefined_obj, Mapping | list | tuple):
            self._fail()

    def _fail(self) -> Any:
        return self._fail_with_undefined_error()
