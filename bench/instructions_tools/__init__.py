"""What bench/instructions is made of: what is counted, how a run is counted, the baseline."""
