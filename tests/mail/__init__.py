"""Mail over the network, against servers of the tests' own."""
