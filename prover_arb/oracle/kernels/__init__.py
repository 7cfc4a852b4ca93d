"""Kernels beside the one that elaborates, which judge every proof once more."""
