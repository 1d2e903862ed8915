"""Notifications: messages published to a topic and e-mailed to their recipients."""
