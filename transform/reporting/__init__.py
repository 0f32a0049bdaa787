"""`report`: what a derivative stores, copies and computes again, with sizes as formulas."""
