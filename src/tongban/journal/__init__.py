"""What happened and what must follow: the only transaction, the fact chain, jobs and the worker that does them."""
