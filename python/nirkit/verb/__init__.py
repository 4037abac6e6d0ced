"""What one can do with a graph: one file a verb, as in the program `nir`."""
