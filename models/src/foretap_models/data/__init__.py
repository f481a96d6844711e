"""What is learned from: features files, the lake of many people's, versions made of them, the training cache."""
