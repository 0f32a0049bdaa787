"""The gradient check: `check_grads`, its referee, and what it says when it finds something."""
