"""Published shapes of next-app predictors, built from their descriptions on tokens without identities."""
