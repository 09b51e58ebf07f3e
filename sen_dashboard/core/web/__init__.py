"""What pages share: tables, forms, list filters, links, and the editing of a record."""
