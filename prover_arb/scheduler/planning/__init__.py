"""What a customer wants of many theorems: a budget for all of them, a solve rate, a deadline.

Each of these is the index policy at some value V of a proof (paths.py). A batch budget or a solve
rate chooses V; while a batch runs, the theorem with the best index simply goes next until the money
is gone or the rate is reached (allocator.py). A deadline chooses, besides V, how many attempts run
at once (deadline_plan.py).
"""
