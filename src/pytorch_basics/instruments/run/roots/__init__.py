"""Whole models between the parts that are watched in full."""
