"""What the Makefile calls: front-end files at set-up, and the processes of `make run`."""
