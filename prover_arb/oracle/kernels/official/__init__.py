"""The official kernel: a current Lean kernel in its own process, fed with declarations as data.

Nothing in `server`, `judge`, `export`, `library`, `olean` and `lean` may import anything but the
standard library: they run in that process, which is started with next to nothing.
"""
