"""The two modes of a trace: one sees calls as they are written, one the aten ops below."""
