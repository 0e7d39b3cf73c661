"""The vault: intake, catalogue, integrity, rebuild."""
