"""A trained model of which words of one passage have no equivalent in the other."""
