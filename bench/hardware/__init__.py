"""What is plugged in: the only room that opens serial ports."""
