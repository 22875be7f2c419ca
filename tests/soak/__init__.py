"""``make soak MINUTES=30``: a steady load, one random fault after the other, and what must be flat at the end."""
