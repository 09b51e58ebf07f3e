"""Fixtures of the tests of Finance: the random councils of the KPIs."""

from tests.kpis.conftest import council

__all__ = ["council"]
