"""What the technician sees: bodies under one lasting frame, and dialogs. They ask workflow/."""
