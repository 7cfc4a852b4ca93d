"""Writes certificates to files."""

from __future__ import annotations

from pathlib import Path

from prover_arb.core.durable_files import write_atomic
from prover_arb.core.theorem import Certificate


def write_certificate(path: Path, certificate: Certificate) -> str:
    """Writes a certificate; returns why that failed, because the proof was paid for anyway."""
    try:
        write_atomic(path, certificate.model_dump_json(indent=2) + "\n")
    except OSError as error:
        return (
            f"{path}: the certificate cannot be written: {error.strerror}; the proof stands above "
            "and in the ledger"
        )
    return ""
