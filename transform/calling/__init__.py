"""What callers hand in and get back: public parameters and results, and the flat names that derivatives have for them."""
