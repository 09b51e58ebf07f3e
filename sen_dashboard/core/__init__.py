"""The ground floor: periods, money, formats, charts and the KPI framework. Imports no app."""
