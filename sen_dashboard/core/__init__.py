"""What every app builds on: periods, money, formats, charts and the KPI framework. Imports no app."""
