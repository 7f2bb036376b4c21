"""What our own papers, the office's logs and the plan's letter claim, beside what the chart says."""
