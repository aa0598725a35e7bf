"""A course of a few exercises that only the tests take."""
