"""The pages on which an auditor searches who read, changed and exported records."""
