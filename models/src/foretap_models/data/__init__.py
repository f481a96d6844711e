"""What is learned from: features files of the core, checked, and the training cache made of them."""
