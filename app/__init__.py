"""What the service means: comprobantes, states, the SRI. Knows no queue and no web."""
