"""What a reviewer asks of an update, as pure calculation: why a figure changed, what each convention decides, whether
the data can be relied on, and whether what was signed is still what is there."""
