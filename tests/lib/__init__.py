"""What the test runner and the test scripts share."""
