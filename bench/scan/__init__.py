"""What comes in by scanner: telling scans from typing, and reading what a label says. Pure."""
