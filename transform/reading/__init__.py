"""The user's text: found, parsed into a tree with its own lines, told from other texts by a hash."""
