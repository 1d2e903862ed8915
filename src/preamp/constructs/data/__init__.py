"""What `define_data` becomes: Amplify's own GraphQL construct, and what Amplify adds to it."""
