"""What a worksheet function is: its declaration, its arguments in words, its evaluation."""
