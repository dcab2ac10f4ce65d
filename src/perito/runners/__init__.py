"""Where work is done: processes of this machine, or a cluster; both are a `concurrent.futures.Executor`.

What is handed over is the name of a function of a module and JSON, never evidence: both sides see the same files.
No room below this one knows it, and `cluster` and `serve` are the only modules that use the network.
"""
