"""Children, their assessments, plans and placements, and what these cost."""
