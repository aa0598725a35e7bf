"""The doctor: explains the error you got, and finds why a network silently does not learn. Importing this loads no
torch; examining does."""
