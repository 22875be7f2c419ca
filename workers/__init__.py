"""When and how often: queues, messages, retries, schedules. Knows the meaning only through ``app``."""
