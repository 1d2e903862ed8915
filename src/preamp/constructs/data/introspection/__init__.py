"""What frontends read of a schema: the text that Amplify's clients make their methods of."""
