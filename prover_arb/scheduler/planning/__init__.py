"""What a buyer wants of many theorems: a budget for all, a solve rate, a deadline.

Every one of them is the index policy at some value V of a proof (paths.py): a batch budget or a
solve rate chooses V, and on line the theorem with the best index simply goes next until
the money is gone or the rate is reached (allocator.py). A deadline chooses, beside V, how many
attempts are in flight at once (deadline_plan.py).
"""
