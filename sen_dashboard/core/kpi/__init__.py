"""What a KPI is: its definition, scope and result, what its published keys mean, and how a figure stands."""
