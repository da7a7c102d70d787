# Lamplighter: starts the lamp program. Ctrl-C stops it; lamplighter.py is the program.
import time

time.sleep(1)  # a moment in which Ctrl-C leaves the board as it is
import lamplighter

lamplighter.run()
