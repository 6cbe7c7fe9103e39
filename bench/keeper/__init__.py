"""The keeper: a small parent that owns the terminal while the program runs as its child.

Where the child crashes, the keeper takes what is scanned in the meantime, so that none of it lands
in a shell, and starts the program again. It loads neither the screens nor the database, and it
forks instead of starting Python anew: that is faster, and the same code under the same options.
"""
