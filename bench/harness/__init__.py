"""What bench/run is made of: one file a noun."""
