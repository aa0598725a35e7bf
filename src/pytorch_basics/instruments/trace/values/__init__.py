"""The values of a trace, kept only when they are asked for."""
