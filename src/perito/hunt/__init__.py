"""The observables of a whole docket, asked for indicators that were published after it was examined."""
