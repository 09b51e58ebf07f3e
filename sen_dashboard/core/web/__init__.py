"""What pages share: tables, forms, list filters, links, and editing a record."""
