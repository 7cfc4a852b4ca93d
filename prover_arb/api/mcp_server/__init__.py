"""The broker as tools of the Model Context Protocol, for agents."""
