"""Functions with a rule of the user's own, and functions that stay calls where they are differentiated."""
