"""The aten ops below the calls, and those of a backward pass."""
