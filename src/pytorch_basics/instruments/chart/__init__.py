"""What pictures with axes are made of: scales and ticks, colours for every kind of colour vision, contour lines, a
frame."""
