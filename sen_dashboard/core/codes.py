"""Codes that more than one app uses (data contract, "Reference codes")."""

from django.db import models


class Need(models.TextChoices):
    """Primary need: the SEN2 codes, and the local broad-area label CL (domain.md section 2)."""

    SPLD = "SPLD", "Specific learning difficulty"
    MLD = "MLD", "Moderate learning difficulty"
    SLD = "SLD", "Severe learning difficulty"
    PMLD = "PMLD", "Profound and multiple learning difficulty"
    SEMH = "SEMH", "Social, emotional and mental health"
    SLCN = "SLCN", "Speech, language and communication needs"
    HI = "HI", "Hearing impairment"
    VI = "VI", "Vision impairment"
    MSI = "MSI", "Multi-sensory impairment"
    PD = "PD", "Physical disability"
    ASD = "ASD", "Autistic spectrum disorder"
    DS = "DS", "Down syndrome"
    OTH = "OTH", "Other difficulty or disability"
    CL = "CL", "Cognition and learning"


class Attendance(models.TextChoices):
    """Whether a child goes home from school each day."""

    DAY = "DAY", "Day"
    RESIDENTIAL = "RESIDENTIAL", "Residential"


class Provision(models.TextChoices):
    """Kind of provision of a placement, derived from the school's sector and ``in_srp``, never stored."""

    INMSS = "INMSS", "Independent or non-maintained special school"
    SPECIAL = "SPECIAL", "State special school"
    SRP = "SRP", "Specialist resourced provision"
    MAINSTREAM = "MAINSTREAM", "Mainstream school"
    POST_16 = "POST_16", "Post-16 provider"
    OTHER = "OTHER", "Other"


def need_words(primary: str, secondary: str = "") -> str:
    """Return a need in full with its code: "Autistic spectrum disorder (ASD), with Hearing impairment (HI)"."""
    words = f"{Need(primary).label} ({primary})"
    return f"{words}, with {need_words(secondary)}" if secondary else words


def need_label(primary: str, secondary: str = "") -> str:
    """Return a need as a panel writes it: "ASD", "ASD with SEMH", and "C&L" for CL (KPI panel_need_types)."""
    words = {Need.CL.value: "C&L"}
    label = words.get(primary, primary)
    return f"{label} with {words.get(secondary, secondary)}" if secondary else label
