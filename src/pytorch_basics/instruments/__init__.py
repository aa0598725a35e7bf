"""The instruments: pictures of what PyTorch just did, made from live objects without changing them. Each
folder holds one (tensor, trace, graph, module, training): ``capture`` reads torch objects into a ``record``
of plain data, and ``text`` and ``html`` draw that record, so that the two cannot disagree."""
