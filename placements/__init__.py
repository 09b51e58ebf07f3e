"""Children, their assessments, plans and placements, and the costs of the placements."""
