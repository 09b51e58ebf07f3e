"""The KPIs of provision: one module each, listed in sen_dashboard/kpis.py."""
