"""How long the engine's own waits are in this process: as written, but for trials that run at a fraction of them."""

_scale = 1.0


def use(scale: float) -> None:
    """Let every wait from now on last ``scale`` times what is written."""
    global _scale
    _scale = scale


def scaled(seconds: float) -> float:
    """What a wait of ``seconds`` lasts in this process."""
    return seconds * _scale
