"""Values and pure rules that everything else uses; nothing here opens a file or a socket.

The exceptions are readers of recorded attempts (records.py) and of the clock (stopwatch.py).
"""
