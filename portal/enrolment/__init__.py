"""就学信息库: matching runs and their pairs, what families say of their child, and the lists made of both."""
