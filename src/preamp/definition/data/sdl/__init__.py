"""From the vocabulary of data models to Amplify's GraphQL: reading, checking, printing."""
