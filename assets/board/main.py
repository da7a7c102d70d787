# Lamplighter: starts the lamp program. Ctrl-C stops it; lamplighter.py is the program.
import os
import time

time.sleep(1)  # a moment in which Ctrl-C leaves the board as it is
try:  # an update that lost its power while its files were put in place is finished first
    with open("/update.lamplighter") as f:
        names = f.read().split()
    for name in names:
        try:
            os.rename(name + ".lamplighter", name)
        except OSError:
            pass  # it is in place already
    os.remove("/update.lamplighter")
except OSError:
    pass
import lamplighter

lamplighter.run()
