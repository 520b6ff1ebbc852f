"""What a refresh says that it did."""
