"""The store room: what the bench remembers. Takes and gives the plain values of `records`."""
