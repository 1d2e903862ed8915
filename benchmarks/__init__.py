"""What preamp claims about speed, measured against what it is compared to."""
