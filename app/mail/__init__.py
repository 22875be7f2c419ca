"""Mail to buyers: whom it goes to, what it says, and how it is handed to a mail server."""
