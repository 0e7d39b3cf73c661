"""The demonstration mailbox: a made-up company's mail, written by `python -m demo.build`."""
