"""What the programme does to improve, and when: events, marked on the charts."""
