"""The failure instrument: what an exception came from. Importing this loads no torch; reading a live one does."""
