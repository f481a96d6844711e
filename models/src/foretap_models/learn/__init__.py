"""From a data set to a trained model: inputs, network, training, calibration; and the peers it is compared with."""
