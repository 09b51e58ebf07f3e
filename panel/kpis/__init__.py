"""KPIs of the app: one module each, listed in sen_dashboard/kpis.py."""
