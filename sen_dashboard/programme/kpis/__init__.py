"""The KPIs of the programme, a module each. Readings: nothing but the list of KPIs imports them."""
