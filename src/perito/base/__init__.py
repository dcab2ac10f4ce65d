"""The ground: errors, clocks, hashes, limits, confinement. It knows neither evidence nor the domain."""
