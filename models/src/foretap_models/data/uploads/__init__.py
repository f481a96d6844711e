"""What phones send where their people allow it: the receiver's lake, its rows, and which values may be used."""
