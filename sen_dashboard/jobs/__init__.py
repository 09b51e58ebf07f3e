"""Work outside requests: a queue with steps, progress, cancelling and retrying, for any kind of work."""
