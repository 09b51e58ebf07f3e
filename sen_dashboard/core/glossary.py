"""The abbreviations that pages use, in full. For those that are codes the words come from the codes themselves."""

from sen_dashboard.core.codes import Need, Provision, need_label

_WORDS = {
    "EHC plan": "Education, health and care plan",
    "KPI": "Key performance indicator: a figure of the programme, with a fixed definition",
    "SEN": "Special educational needs",
    "SEND": "Special educational needs and disability",
    "URN": "Unique reference number of a school",
}

_PROVISION = {kind.value: str(kind.label) for kind in (Provision.INMSS, Provision.SRP)}
_NEEDS = {code: str(need.label) for need in Need for code in (need.value, need_label(need))}

GLOSSARY: tuple[tuple[str, str], ...] = tuple(sorted((_WORDS | _PROVISION | _NEEDS).items()))
"""Each abbreviation with its meaning, in alphabetical order; every need with its code."""
