"""What an object of the learner's is, as plain data. Importing this loads no torch; ``capture`` does."""
