"""What is printed or shown as a code: Code 128 and QR modules and the sheet of codes. Pure."""
