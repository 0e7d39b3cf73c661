"""The SMTP and LMTP capture listener: what it takes is durable before it says 250."""
