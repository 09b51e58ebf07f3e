"""What runs the program: the web server, its worker, its logs, and what every request passes."""
