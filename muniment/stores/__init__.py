"""Object stores: one port (`port.ObjectStore`) and its implementations."""
