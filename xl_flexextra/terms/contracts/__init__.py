"""The contracts that ship, each a TOML file."""
