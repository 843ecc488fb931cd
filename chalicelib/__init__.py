"""Xenia's application code, packaged into every Lambda function."""
