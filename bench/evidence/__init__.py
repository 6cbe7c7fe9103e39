"""Console evidence, pure: captures as they lie on disk, safe text, facts, failures, redaction."""
