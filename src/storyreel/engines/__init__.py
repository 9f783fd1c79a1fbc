"""Who makes it: contracts, the registry that finds engines, and the engines themselves."""
