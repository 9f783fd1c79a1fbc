"""A node: the engines of this machine, at work for servers elsewhere."""
