"""What takes minutes to show: ``make soak``. Each has a short version among the tests."""
