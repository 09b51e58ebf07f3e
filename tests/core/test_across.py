"""Rules between a record and the one it refers to; what each refuses is tested in tests/store/test_constraints.py."""

import pgtrigger

from sen_dashboard.core.models.across import Across, Referred, Referring, rules_across


def kept_by(kind: type[Referring] | type[Referred]) -> set[tuple[Across, str]]:
    """Each rule that a trigger of the kind keeps, with the table that the trigger is on."""
    return {
        (rule, model._meta.db_table)
        for model, trigger in pgtrigger.registered()
        if isinstance(trigger, kind)
        for rule in trigger.rules
    }


def test_every_rule_is_kept_on_both_sides() -> None:
    """A rule with a trigger on one side only would let a change of the other record break it."""
    assert rules_across()
    assert kept_by(Referring) == {(rule, rule.table) for rule in rules_across()}
    assert kept_by(Referred) == {(rule, rule.other_table) for rule in rules_across()}
