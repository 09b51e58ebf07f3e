"""The parts of a KPI: its definition, scope and result, the meaning of its keys, and a figure's standing."""
