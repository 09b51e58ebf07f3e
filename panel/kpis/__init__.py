"""The panel's KPIs: one module each, listed in sen_dashboard/kpis.py."""
