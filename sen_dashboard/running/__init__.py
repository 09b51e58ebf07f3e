"""How the program runs: the web server, its worker, its logs, and the checks that every request passes through."""
