"""Content lines: vCard and iCalendar."""
