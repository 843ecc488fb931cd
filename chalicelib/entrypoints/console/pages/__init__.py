"""The pages, a module for each section, beside the templates that show them."""
