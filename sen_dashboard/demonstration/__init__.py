"""A fictional council's records, made for demonstration, tests and benchmarks.

Plain Python, no Django: `writer.write_dataset` makes the folder that `make_dataset` promises. The modules are named
after what they make; `council` holds every total and share that the others aim for.
"""
