"""The ``capstone`` topic: digits, from the file to a trained, saved and checked model; exercises and solutions."""
