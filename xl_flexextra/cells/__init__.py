"""What people put into cells, before anything is known of annuities."""
