"""What bench/against is made of: workloads, tools, runs, rounds and the report."""
