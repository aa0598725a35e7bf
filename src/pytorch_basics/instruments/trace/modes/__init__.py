"""The two modes of a trace: ``calls`` sees what is called as it is written, ``aten`` the ops below."""
