"""One module per page; every one stands on ``admin.console.scoped``."""
