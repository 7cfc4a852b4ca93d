"""Values and pure rules that everything else uses; nothing here opens a file or a socket.

The exceptions are what every layer needs in order to treat files in one way (durable_files.py,
database.py), the readers of recorded attempts (record_files.py), and the clock (stopwatch.py).
"""
