"""From a trained model to the parts of a bundle: integers, their arithmetic, the graphs, the golden vectors."""
