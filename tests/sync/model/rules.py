"""Rules that can be left out, to see that the model would notice (`test_model.py`)."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Rules:
    """Each is a rule of the SPEC; False is the protocol of somebody who skipped that line."""

    compare_head: bool = True  # 4.7
    once_by_id: bool = True  # 4.3
    forget_by_rule: bool = True  # 4.4
    repack: bool = True  # 4.5
    resend_unlisted: bool = True  # 4.5
    tell_what_was_forgotten: bool = True  # 4.5
    new_run_on_gap: bool = True  # 4.6
    adopt_roster: bool = True  # 5
    name_roster: bool = True  # 5
    number_by_clock: bool = True  # 6.3
