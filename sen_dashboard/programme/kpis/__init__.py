"""The KPIs of the programme, a module each. Only the list of KPIs imports them."""
